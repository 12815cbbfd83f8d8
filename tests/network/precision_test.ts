import assert from "node:assert/strict";
import { initialTensors } from "../../src/network/initialise.ts";
import { Network } from "../../src/network/network.ts";
import type { Precision } from "../../src/network/placement.ts";
import { start } from "../../src/native/start.ts";
import { randomNormal } from "../../src/base/random.ts";
import { clone, reshape } from "../../src/tensor/operators.ts";
import { scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

const shape = { notions: ["a"], dimension: 8, variant: "learned" } as const;
const size = 32;

/** Embeddings of the same random images by the same weights. */
async function embed(precision: Precision, train: boolean): Promise<Float32Array> {
  await start();
  using network = new Network(shape, initialTensors(shape, 1), { device: "cpu", precision });
  const numbers = Float32Array.from(
    { length: 4 * 3 * size * size },
    (_, i) => randomNormal(1, 1, i),
  );
  using images = scope(() =>
    clone(reshape(Tensor.from(numbers), [4, 3, size, size]), "channels_last")
  );
  using embeddings = await network.embed(images, { train, grad: train });
  assert.equal(embeddings.dtype, "float32");
  return await embeddings.dataAsync() as Float32Array;
}

function relativeError(found: Float32Array, expected: Float32Array): number {
  const norm = (values: Float32Array) => Math.hypot(...values);
  return norm(found.map((value, i) => value - expected[i])) / norm(expected);
}

for (const train of [true, false]) {
  const mode = train ? "train" : "eval";
  Deno.test(`Network.embed() in bf16 is near to float32 but not equal, in ${mode} mode`, async () => {
    const error = relativeError(await embed("bf16", train), await embed("float32", train));
    assert.ok(error > 1e-4, `${error}: it did not compute in bfloat16`);
    assert.ok(error < 5e-2, `${error}`);
  });

  Deno.test(`Network.embed() in bf16 leaves no trace in later float32 passes, in ${mode} mode`, async () => {
    const before = await embed("float32", train);
    await embed("bf16", train);
    assert.deepEqual(await embed("float32", train), before);
  });
}
