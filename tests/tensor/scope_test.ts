import assert from "node:assert/strict";
import { liveTensors } from "../../src/native/library.ts";
import { add, multiply } from "../../src/tensor/operators.ts";
import { isGradEnabled, noGrad, scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

Deno.test("scope() frees all but what it returns, in arrays and objects too", () => {
  const before = liveTensors();
  const kept = scope(() => {
    const x = Tensor.from([1, 2]);
    const y = add(x, 1);
    multiply(y, y);
    return { list: [y], other: { z: add(y, 1) }, number: 3 };
  });
  assert.equal(liveTensors(), before + 2);
  assert.deepEqual(kept.other.z.toArray(), [3, 4]);
  kept.list[0].dispose();
  kept.other.z.dispose();
  assert.equal(liveTensors(), before);
});

Deno.test("scope() hands what it returns to the scope around it", () => {
  const before = liveTensors();
  scope(() => {
    const inner = scope(() => add(Tensor.from([1]), 1));
    assert.equal(inner.item(), 2);
    assert.equal(liveTensors(), before + 1);
  });
  assert.equal(liveTensors(), before);
});

Deno.test("scope() frees everything when its body throws", () => {
  const before = liveTensors();
  assert.throws(
    () =>
      scope(() => {
        Tensor.from([1]);
        throw new Error("stop");
      }),
    /stop/,
  );
  assert.equal(liveTensors(), before);
});

Deno.test("scope() and noGrad() refuse asynchronous bodies, by type and when run", () => {
  const before = liveTensors();
  const body = () => {
    Tensor.from([1]);
    return Promise.resolve(1);
  };
  // @ts-expect-error: a promise is refused by the type
  assert.throws(() => scope(body), /asynchronous/);
  // @ts-expect-error: a promise is refused by the type
  assert.throws(() => noGrad(() => scope(body)), /asynchronous/);
  assert.equal(liveTensors(), before);
  assert.ok(isGradEnabled());
});

Deno.test("scope() of one flow does not free tensors of another across an await", async () => {
  const before = liveTensors();
  const flow = async (value: number) => {
    const x = Tensor.from([value]);
    await Promise.resolve();
    const y = scope(() => add(x, 1));
    await Promise.resolve();
    const result = y.item();
    x.dispose();
    y.dispose();
    return result;
  };
  assert.deepEqual(await Promise.all([flow(1), flow(2), flow(3)]), [2, 3, 4]);
  assert.equal(liveTensors(), before);
});

Deno.test("noGrad() leaves no graph and ends with its body, also when that throws", () => {
  using x = Tensor.from([1, 2]);
  x.requiresGrad = true;
  using cut = noGrad(() => add(x, 1));
  using recorded = add(x, 1);
  assert.deepEqual([cut.requiresGrad, recorded.requiresGrad], [false, true]);
  assert.throws(() =>
    noGrad(() => {
      throw new Error("stop");
    })
  );
  assert.ok(isGradEnabled());
});
