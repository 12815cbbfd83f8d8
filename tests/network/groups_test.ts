import assert from "node:assert/strict";
import { backward } from "../../src/tensor/backward.ts";
import { initialTensors } from "../../src/network/initialise.ts";
import { Network } from "../../src/network/network.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { clone, concatenate, multiply, narrow, reshape, sum } from "../../src/tensor/operators.ts";
import { scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { tinyShape } from "../helpers/tiny_setting.ts";

/** A new network, its embeddings of groups of random images, and all that a training step then sees. */
async function trained(
  { each, size }: { readonly each: number; readonly size: number },
  embed: (network: Network, parts: Tensor[]) => Promise<Tensor[]>,
): Promise<Map<string, Float64Array>> {
  using network = new Network(tinyShape, initialTensors(tinyShape, 1));
  using made = new DisposableStack();
  const parts = [0, 1, 2].map((group) => made.use(images(group, each, size)));
  const embedded = await embed(network, parts);
  for (const tensor of embedded) made.use(tensor);
  const all = made.use(concatenate(embedded));
  // A sum of squares: each embedding has a gradient of its own.
  const loss = made.use(scope(() => sum(multiply(all, all))));
  await backward(loss);
  const found = new Map([["embeddings", Float64Array.from(all.toArray())]]);
  for (const [name, tensor] of network.tensors) {
    if (!name.startsWith("backbone.")) continue;
    using gradient = tensor.grad();
    found.set(name, Float64Array.from((gradient ?? tensor).toArray()));
  }
  return found;
}

function images(group: number, count: number, size: number): Tensor {
  const pixels = Float32Array.from(
    { length: count * size * size * 3 },
    // Groups of unlike brightness have unlike statistics.
    (_, i) => group + (randomUint32(7, group, i) & 0xff) / 128,
  );
  return scope(() => clone(reshape(Tensor.from(pixels), [count, 3, size, size]), "channels_last"));
}

async function oneByOne(network: Network, parts: Tensor[]): Promise<Tensor[]> {
  const embedded: Tensor[] = [];
  for (const part of parts) {
    embedded.push(await network.embed(part, { train: true, grad: true }));
  }
  return embedded;
}

async function asGroups(network: Network, parts: Tensor[]): Promise<Tensor[]> {
  using all = concatenate(parts);
  return [await network.embed(all, { train: true, grad: true, groups: parts.length })];
}

// The first go through all stages together, the second are too many for that in the first stage.
for (const setting of [{ each: 4, size: 32 }, { each: 600, size: 16 }]) {
  const what = `${setting.each} images of ${setting.size} pixels each`;
  Deno.test(`Network.embed() computes groups of ${what} as if one by one`, async () => {
    const [expected, found] = [await trained(setting, oneByOne), await trained(setting, asGroups)];
    assert.deepEqual([...found.keys()], [...expected.keys()]);
    for (const [name, numbers] of expected) {
      const difference = distance(found.get(name)!, numbers);
      assert.ok(difference < 2e-3, `${name} differs by ${difference}`);
      // Counters and running statistics are no sums over images: only rounding may differ.
      if (/num_batches/.test(name)) assert.deepEqual(found.get(name), Float64Array.of(3));
      if (/bn1\.running|embeddings/.test(name)) {
        assert.ok(difference < 2e-5, `${name}: ${difference}`);
      }
    }
  });
}

Deno.test("Network.embed() computes groups and one batch unlike", async () => {
  const setting = { each: 4, size: 32 };
  const together = async (network: Network, parts: Tensor[]) => {
    using all = concatenate(parts);
    return [await network.embed(all, { train: true, grad: true })];
  };
  const [groups, one] = [await trained(setting, asGroups), await trained(setting, together)];
  assert.ok(distance(groups.get("embeddings")!, one.get("embeddings")!) > 0.05);
});

Deno.test("Network.embed() refuses groups that a batch cannot be split into", async () => {
  using network = new Network(tinyShape, initialTensors(tinyShape, 1));
  using batch = images(0, 4, 16);
  await assert.rejects(
    network.embed(batch, { train: true, grad: true, groups: 3 }),
    /groups of one size, found 3 groups of float32\[4, 3, 16, 16\]/,
  );
});

Deno.test("Network.embed() frees what groups took", async () => {
  const { liveBytes, liveTensors } = await import("../../src/native/library.ts");
  using network = new Network(tinyShape, initialTensors(tinyShape, 1));
  using batch = images(0, 6, 16);
  const before = [liveTensors(), liveBytes()];
  const embedded = await network.embed(batch, { train: true, grad: true, groups: 3 });
  scope(() => narrow(embedded, { dim: 0, start: 0, length: 2 }).toArray());
  embedded.dispose();
  assert.deepEqual([liveTensors(), liveBytes()], before);
});

/** Norm of the difference over the norm. */
function distance(found: Float64Array, expected: Float64Array): number {
  let [difference, size] = [0, 0];
  expected.forEach((value, i) => {
    difference += (found[i] - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference / (size || 1));
}
