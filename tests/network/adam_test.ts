import assert from "node:assert/strict";
import { Adam } from "../../src/network/adam.ts";
import { backward } from "../../src/tensor/backward.ts";
import { randomNormal } from "../../src/base/random.ts";
import { clone, multiply, sum } from "../../src/tensor/operators.ts";
import { noGrad, scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { trainStep } from "../../src/training/train_step.ts";
import { tinyBatch, tinySetting } from "../helpers/tiny_setting.ts";

const values = Array.from({ length: 6 }, (_, i) => randomNormal(1, 0, i));

/** A step on sum(x * factor), whose gradient is `factor`. */
async function stepOn(x: Tensor, adam: Adam, factor: number[], rate: number): Promise<void> {
  using loss = scope(() =>
    sum(multiply(x, Tensor.from(factor, { shape: x.shape, dtype: "float64" })))
  );
  await backward(loss);
  await adam.step(rate);
}

Deno.test("Adam.step() equals the formula of Kingma and Ba", async () => {
  using x = Tensor.from(values, { shape: [6], dtype: "float64" });
  x.requiresGrad = true;
  using adam = new Adam(new Map([["x", x]]));
  const expected = [...values];
  const first = new Array(6).fill(0);
  const second = new Array(6).fill(0);
  for (let t = 1; t <= 4; t++) {
    const gradient = values.map((_, i) => randomNormal(2, t, i));
    await stepOn(x, adam, gradient, 0.01);
    gradient.forEach((g, i) => {
      first[i] = 0.9 * first[i] + 0.1 * g;
      second[i] = 0.999 * second[i] + 0.001 * g * g;
      expected[i] -= 0.01 * (first[i] / (1 - 0.9 ** t)) /
        (Math.sqrt(second[i] / (1 - 0.999 ** t)) + 1e-8);
    });
  }
  x.toArray().forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]) < 1e-12, `${value} ${expected[i]}`)
  );
});

Deno.test("Adam.step() drops the gradients and leaves parameters without one", async () => {
  using x = Tensor.from(values, { shape: [6], dtype: "float64" });
  using y = Tensor.from(values, { shape: [6], dtype: "float64" });
  x.requiresGrad = true;
  y.requiresGrad = true;
  using adam = new Adam(new Map([["x", x], ["y", y]]));
  await stepOn(x, adam, values, 0.1);
  assert.equal(x.grad(), null);
  assert.deepEqual(y.toArray(), values);
});

Deno.test("Adam.step() without any gradient changes nothing, and goes on with the next", async () => {
  using x = Tensor.from(values, { shape: [6], dtype: "float64" });
  using same = Tensor.from(values, { shape: [6], dtype: "float64" });
  for (const each of [x, same]) each.requiresGrad = true;
  using adam = new Adam(new Map([["x", x]]));
  using once = new Adam(new Map([["x", same]]));
  await adam.step(0.1);
  assert.deepEqual(x.toArray(), values);
  assert.deepEqual(adam.toStored(), once.toStored());
  await stepOn(x, adam, values, 0.1);
  await adam.step(0.1);
  await stepOn(same, once, values, 0.1);
  assert.deepEqual(x.toArray(), same.toArray());
  assert.deepEqual(adam.toStored(), once.toStored());
  using none = new Adam(new Map());
  await none.step(0.1);
});

Deno.test("Adam.step() refuses a gradient that lies otherwise than its parameter", async () => {
  using plain = Tensor.from(new Float64Array(24), { shape: [1, 2, 3, 4] });
  using x = noGrad(() => clone(plain, "channels_last"));
  x.requiresGrad = true;
  using adam = new Adam(new Map([["x", x]]));
  using loss = scope(() => sum(x));
  await backward(loss);
  // The graph gave a gradient like the parameter; one in C order must not pass.
  using gradient = x.grad()!;
  assert.deepEqual(gradient.strides, x.strides);
  Object.defineProperty(x, "grad", { value: () => noGrad(() => clone(plain, "contiguous")) });
  await assert.rejects(adam.step(0.1), /"x" has strides \[24,1,8,2\]/);
});

Deno.test("Adam.load() goes on as if there had been no interruption, with channels-last weights", async () => {
  const straight = tinySetting();
  using _straight = straight.made;
  for (let step = 0; step < 6; step++) await trainStep(straight.setting, tinyBatch(step), 1e-2);
  const before = tinySetting();
  using _before = before.made;
  for (let step = 0; step < 3; step++) await trainStep(before.setting, tinyBatch(step), 1e-2);
  const after = tinySetting({ seed: 2 });
  using _after = after.made;
  const { Network } = await import("../../src/network/network.ts");
  using network = new Network(before.setting.network.shape, before.setting.network.toStored());
  using optimiser = new Adam(network.parameters());
  optimiser.load(before.setting.optimiser.toStored());
  for (let step = 3; step < 6; step++) {
    await trainStep({ ...after.setting, network, optimiser }, tinyBatch(step), 1e-2);
  }
  assert.deepEqual(network.toStored(), straight.setting.network.toStored());
  assert.deepEqual(optimiser.toStored(), straight.setting.optimiser.toStored());
});

Deno.test("Adam.load() names a state that is missing", () => {
  using x = Tensor.from([1]);
  x.requiresGrad = true;
  using adam = new Adam(new Map([["x", x]]));
  assert.throws(() => adam.load(new Map()), /state of "x" is missing/);
});

Deno.test("Adam.load() refuses a state of another shape, one that would be spread out among them", () => {
  using x = Tensor.from([1, 2, 3]);
  x.requiresGrad = true;
  using adam = new Adam(new Map([["x", x]]));
  const right = adam.toStored();
  const one = { dtype: "float64", shape: [1], bytes: new Uint8Array(8) } as const;
  for (const part of ["first", "second"]) {
    const wrong = new Map(right).set(`optimiser.${part}.x`, one);
    assert.throws(() => adam.load(wrong), /state of "x" is missing or has another shape/);
  }
});

Deno.test("Adam.load() restores both moments and the steps", async () => {
  const parameters = () => {
    const x = Tensor.from([1, 2, 3]);
    x.requiresGrad = true;
    return x;
  };
  using x = parameters();
  using y = parameters();
  using adam = new Adam(new Map([["x", x]]));
  using other = new Adam(new Map([["x", y]]));
  await stepOn(x, adam, [1, 2, 3], 0.1);
  await stepOn(x, adam, [3, 2, 1], 0.1);
  other.load(adam.toStored());
  assert.deepEqual(other.toStored(), adam.toStored());
});
