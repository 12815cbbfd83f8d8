import assert from "node:assert/strict";
import { liveTensors } from "../../src/native/library.ts";
import { Adam } from "../../src/network/adam.ts";
import { backboneParts } from "../../src/network/backbone.ts";
import { backward } from "../../src/tensor/backward.ts";
import { initialTensors } from "../../src/network/initialise.ts";
import { disjointMasks } from "../../src/network/masks.ts";
import { Network } from "../../src/network/network.ts";
import { dataOf } from "../../src/tensor/dtype.ts";
import { randomNormal } from "../../src/base/random.ts";
import { call, callAll } from "../../src/tensor/call.ts";
import { copyInto, multiply, sum } from "../../src/tensor/operators.ts";
import { noGrad, scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

const zappos = {
  notions: ["class", "closure", "gender", "heel"],
  dimension: 64,
  variant: "learned",
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
    { ...zappos, variant: "fixed" },
    initialTensors({ ...zappos, variant: "fixed" }, 1),
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
  using images = Tensor.from(new Float32Array(16), { shape: [4, 4] });
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
  return Tensor.from(values, { shape: [count, 3, size, size] });
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

/** Embeds in eval mode, which folds, and tells how far that is from a network made anew of its tensors. */
async function staleness(network: Network, images: Tensor): Promise<number> {
  using made = new DisposableStack();
  const eval_ = { train: false, grad: false };
  const embedded = made.use(await network.embed(images, eval_));
  const anew = made.use(new Network(network.shape, network.toStored()));
  return difference(made.use(await anew.embed(images, eval_)), embedded);
}

/** Leaves gradients of the embeddings' sum. */
async function gradients(network: Network, images: Tensor, train: boolean): Promise<void> {
  using embedded = await network.embed(images, { train, grad: true });
  using loss = sum(embedded);
  await backward(loss);
}

Deno.test("Network.embed() in eval mode follows Adam.step()", async () => {
  using network = new Network(zappos, initialTensors(zappos, 1));
  using optimiser = new Adam(network.parameters());
  using images = randomImages(6, 32);
  await gradients(network, images, true);
  using before = await network.embed(images, { train: false, grad: false });
  await optimiser.step(1e-2);
  assert.ok(await staleness(network, images) < 1e-6);
  using after = await network.embed(images, { train: false, grad: false });
  assert.ok(difference(before, after) > 0.1);
});

Deno.test("Network.embed() follows fine-tuning in eval mode, where batch norm counts no batches", async () => {
  using network = new Network(zappos, initialTensors(zappos, 1));
  using optimiser = new Adam(network.parameters());
  using images = randomImages(6, 32);
  for (let step = 0; step < 3; step++) {
    assert.ok(await staleness(network, images) < 1e-6, `step ${step}`);
    await gradients(network, images, false);
    await optimiser.step(1e-2);
  }
  assert.ok(await staleness(network, images) < 1e-6);
});

const writers: [string, (tensors: (name: string) => Tensor, made: DisposableStack) => void][] = [
  ["_foreach_mul_", (tensor) => {
    callAll("aten::_foreach_mul_.Scalar", [tensor("conv1.weight"), tensor("bn1.weight")], 2);
  }],
  ["an out argument", (tensor, made) => {
    const weight = tensor("layer1.0.bn1.weight");
    made.use(call("aten::mul.Scalar_out", weight, 3, weight));
  }],
  ["a view", (tensor, made) => {
    const part = made.use(call("aten::narrow", tensor("bn1.bias"), 0, 0, 8));
    made.use(call("aten::add_.Scalar", part, 1));
  }],
  // Its schema does not say that it writes running statistics.
  ["batch_norm", (tensor, made) => {
    const x = made.use(
      Tensor.from(Float32Array.from({ length: 256 }, (_, i) => i), { shape: [4, 64] }),
    );
    const running = [tensor("bn1.running_mean"), tensor("bn1.running_var")];
    made.use(call("aten::batch_norm", x, null, null, ...running, true, 0.5, 1e-5, false));
  }],
];

for (const [what, write] of writers) {
  Deno.test(`Network.embed() in eval mode follows a change by ${what}`, async () => {
    using network = new Network(zappos, initialTensors(zappos, 1));
    using images = randomImages(4, 32);
    using before = await network.embed(images, { train: false, grad: false });
    {
      using made = new DisposableStack();
      noGrad(() => scope(() => write((name) => network.tensors.get(`backbone.${name}`)!, made)));
    }
    assert.ok(await staleness(network, images) < 1e-6);
    using after = await network.embed(images, { train: false, grad: false });
    assert.ok(difference(before, after) > 1e-3);
  });
}

Deno.test("Network leaves no tensor behind when it cannot be made", () => {
  const before = liveTensors();
  const tensors = new Map(initialTensors(zappos, 1));
  const { shape } = tensors.get("backbone.fc_embed.weight")!;
  // Whole numbers have no gradients.
  tensors.set("backbone.fc_embed.weight", {
    dtype: "int32",
    shape,
    bytes: new Uint8Array(4 * shape[0] * shape[1]),
  });
  assert.throws(() => new Network(zappos, tensors), /floating point/);
  assert.equal(liveTensors(), before);
});

Deno.test("scope() keeps a Network and an Adam that it returns", async () => {
  const before = liveTensors();
  {
    const { network, optimiser } = scope(() => {
      const network = new Network(zappos, initialTensors(zappos, 1));
      return { network, optimiser: new Adam(network.parameters()) };
    });
    using _network = network;
    using _optimiser = optimiser;
    using images = randomImages(2, 32);
    await gradients(network, images, true);
    await optimiser.step(1e-3);
    assert.equal(optimiser.toStored().size, 3 * network.parameters().size);
  }
  assert.equal(liveTensors(), before);
});
