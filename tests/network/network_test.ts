import assert from "node:assert/strict";
import { liveTensors } from "../../src/native/library.ts";
import { backboneParts } from "../../src/network/backbone.ts";
import { initialTensors } from "../../src/network/initialise.ts";
import { disjointMasks } from "../../src/network/masks.ts";
import { Network } from "../../src/network/network.ts";
import { dataOf } from "../../src/tensor/dtype.ts";
import { randomNormal } from "../../src/random.ts";
import { copyInto, multiply } from "../../src/tensor/operators.ts";
import { noGrad, scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

const zappos = {
  notions: ["class", "closure", "gender", "heel"],
  dimension: 64,
  masks: "learned",
} as const;

function floats(tensors: ReturnType<typeof initialTensors>, name: string): Float32Array {
  const { dtype, bytes } = tensors.get(name)!;
  return dataOf(dtype, bytes.slice().buffer) as Float32Array;
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

Deno.test("Network has the reference code's 2,799,488 parameters, 256 of them masks", () => {
  using network = new Network(zappos, initialTensors(zappos, 1));
  const count = (tensors: Iterable<Tensor>) =>
    [...tensors].reduce((sum, tensor) => sum + tensor.size, 0);
  assert.equal(count(network.parameters().values()), 2_799_488);
  using fixed = new Network(
    { ...zappos, masks: "fixed" },
    initialTensors({ ...zappos, masks: "fixed" }, 1),
  );
  assert.equal(count(fixed.parameters().values()), 2_799_488 - 256);
  assert.ok(!fixed.parameters().has("masks.weight"));
});

Deno.test("Network frees its tensors", () => {
  const before = liveTensors();
  new Network(zappos, initialTensors(zappos, 1))[Symbol.dispose]();
  assert.equal(liveTensors(), before);
});

Deno.test("Network keeps what it is given", () => {
  const tensors = initialTensors(zappos, 1);
  using network = new Network(zappos, tensors);
  assert.deepEqual(network.toStored(), tensors);
});

Deno.test("Network names a tensor that is missing, has another shape or is unknown", () => {
  const tensors = initialTensors(zappos, 1);
  const without = new Map(tensors);
  without.delete("backbone.layer2.0.downsample.0.weight");
  assert.throws(
    () => new Network(zappos, without),
    /"backbone.layer2.0.downsample.0.weight" is missing/,
  );
  assert.throws(
    () => new Network({ ...zappos, dimension: 32 }, tensors),
    /fc_embed.weight" has shape \[64, 256\], it should be \[32, 256\]/,
  );
  assert.throws(
    () => new Network(zappos, new Map([...tensors, ["extra", tensors.get("masks.weight")!]])),
    /"extra" is unknown/,
  );
});

Deno.test("Network.embed() refuses what is no batch of images", async () => {
  using network = new Network(zappos, initialTensors(zappos, 1));
  using images = Tensor.from(new Float32Array(16), [4, 4]);
  await assert.rejects(
    network.embed(images, { train: false, grad: false }),
    /\[B, 3, H, W\], found float32\[4, 4\]/,
  );
});

Deno.test("initialTensors() draws as the reference code and torch.nn.Linear do", () => {
  const tensors = initialTensors(zappos, 1);
  for (const { name, shape, kind } of backboneParts(64)) {
    if (kind === "counter") continue;
    const values = floats(tensors, `backbone.${name}`);
    if (kind === "convolution") {
      const expected = Math.sqrt(2 / (shape[2] * shape[3] * shape[0]));
      assert.ok(Math.abs(deviation(values) / expected - 1) < 0.05, name);
    } else if (kind === "linear") {
      assert.ok(values.every((value) => Math.abs(value) <= 1 / 16), name);
      assert.ok(Math.abs(deviation(values) * 16 * Math.sqrt(3) - 1) < 0.3, name);
    } else {
      const constant = kind === "scale" || kind === "variance" ? 1 : 0;
      assert.ok(values.every((value) => value === constant), name);
    }
  }
  const masks = floats(initialTensors({ ...zappos, dimension: 2048 }, 1), "masks.weight");
  assert.ok(Math.abs(masks.reduce((sum, value) => sum + value, 0) / masks.length - 0.9) < 0.03);
  assert.ok(Math.abs(deviation(masks) - 0.7) < 0.03);
});

Deno.test("initialTensors() gives the same for a seed and other numbers for another", () => {
  assert.deepEqual(initialTensors(zappos, 5), initialTensors(zappos, 5));
  assert.notDeepEqual(
    initialTensors(zappos, 5).get("masks.weight"),
    initialTensors(zappos, 6).get("masks.weight"),
  );
});

Deno.test("disjointMasks() gives each notion a block of its own and spreads what is left", () => {
  const masks = disjointMasks(3, 8, 0);
  const rows = [masks.subarray(0, 8), masks.subarray(8, 16), masks.subarray(16)].map((row) =>
    [...row].join("")
  );
  assert.deepEqual(rows, ["11100000", "00011100", "00000011"]);
});

Deno.test("Network.maskTable() puts learned masks through ReLU and leaves fixed ones", () => {
  const tensors = initialTensors(zappos, 1);
  using learned = new Network(zappos, tensors);
  const raw = floats(tensors, "masks.weight");
  assert.ok(raw.some((value) => value < 0));
  assert.deepEqual(learned.maskTable().flat(), Array.from(raw, (value) => Math.max(0, value)));
});

/** Random images [count, 3, size, size]. */
function randomImages(count: number, size: number): Tensor {
  const values = Float32Array.from(
    { length: count * 3 * size * size },
    (_, i) => randomNormal(5, size, i),
  );
  return Tensor.from(values, [count, 3, size, size]);
}

/** The furthest that two embeddings are apart, as a share of the largest number in them. */
function difference(a: Tensor, b: Tensor): number {
  const [x, y] = [a.data() as Float32Array, b.data() as Float32Array];
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i])), 0) / largest;
}

Deno.test("Network.embed() folds batch norm where no gradient is asked for, and gives the same embeddings", async () => {
  using network = new Network(zappos, initialTensors(zappos, 1));
  const sizes = [32, 48, 32];
  for (const [round, size] of sizes.entries()) {
    using images = randomImages(6, size);
    using whole = await network.embed(images, { train: false, grad: true });
    using folded = await network.embed(images, { train: false, grad: false });
    assert.ok(difference(whole, folded) < 1e-5, `${size} px: ${difference(whole, folded)}`);
    using alone = await network.embed(images, { train: false, grad: false });
    assert.equal(difference(folded, alone), 0);
    // What was folded is out of date once running statistics or a weight change.
    using _ = await network.embed(images, { train: true, grad: false });
    const name = ["layer1.0.conv1.weight", "layer2.0.downsample.1.bias", "bn1.weight"][round];
    noGrad(() =>
      scope(() => {
        const parameter = network.tensors.get(`backbone.${name}`)!;
        copyInto(parameter, multiply(parameter, 1.5));
      })
    );
    using changed = await network.embed(images, { train: false, grad: false });
    assert.ok(difference(folded, changed) > 1e-3);
    using expected = await network.embed(images, { train: false, grad: true });
    assert.ok(difference(expected, changed) < 1e-5);
  }
});
