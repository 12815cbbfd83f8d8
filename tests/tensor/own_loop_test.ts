/** A training loop of one's own, with what the door ./tensor gives and nothing else of csn. */
import assert from "node:assert/strict";
import {
  Adam,
  backward,
  gatherImages,
  indexSelect,
  initialTensors,
  liveTensors,
  longs,
  narrow,
  Network,
  type NetworkShape,
  readLoss,
  reshape,
  scope,
  Tensor,
  tripletLoss,
} from "../../src/tensor/mod.ts";
import { trainStep } from "../../src/training/train_step.ts";
import { tinyBatch, tinySetting } from "../helpers/tiny_setting.ts";

const normalisation = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;
const weights = { margin: 0.2, embedding: 5e-3, mask: 5e-4 };

/** Trains on random pixels [12, 16, 16, 3] for some steps; returns each step's loss. */
async function ownLoop(pixels: Uint8Array<ArrayBuffer>, steps: number): Promise<number[]> {
  const shape: NetworkShape = { notions: ["a", "b"], dimension: 8, variant: "learned" };
  using network = new Network(shape, initialTensors(shape, 1));
  using adam = new Adam(network.parameters());
  using flat = Tensor.from(pixels);
  using pack = reshape(flat, [12, 16, 16, 3]);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { size, images, flips, notion } = tinyBatch(0);
    using input = await gatherImages(pack, images, {
      normalisation,
      flips: flips as Uint8Array<ArrayBuffer>,
    });
    // The three roles as if in three forward passes: batch norm sees one after the other.
    using embedded = await network.embed(input, { train: true, grad: true, groups: 3 });
    const loss = scope(() => {
      const [anchor, far, near] = [0, 1, 2].map((role) =>
        narrow(embedded, { dim: 0, start: role * size, length: size })
      );
      const masks = network.masks(longs(notion, "cpu"));
      return tripletLoss({ anchor, far, near }, masks, weights);
    });
    losses.push((await readLoss(loss)).loss);
    await backward(loss.loss);
    await adam.step(1e-3);
    for (const part of Object.values(loss) as Tensor[]) part.dispose();
  }
  return losses;
}

Deno.test("a loop of one's own learns, and computes what trainStep() does, to the bit", async () => {
  const { setting, made } = tinySetting();
  using _made = made;
  const expected: number[] = [];
  for (let step = 0; step < 20; step++) {
    expected.push((await trainStep(setting, tinyBatch(0), 1e-3)).loss);
  }
  const before = liveTensors();
  const losses = await ownLoop(setting.pack.data() as Uint8Array<ArrayBuffer>, 20);
  assert.deepEqual(losses, expected);
  assert.ok(losses[19] < losses[0] / 2, losses.join(" "));
  assert.equal(liveTensors(), before);
});

Deno.test("indexSelect() and the masks of a network give each triplet the mask of its notion", () => {
  const shape: NetworkShape = { notions: ["a", "b"], dimension: 4, variant: "fixed" };
  using network = new Network(shape, initialTensors(shape, 1));
  using rows = Tensor.from([1n, 0n]);
  using masks = network.masks(rows);
  using again = indexSelect(masks, rows);
  assert.deepEqual(masks.toArray(), [0, 0, 1, 1, 1, 1, 0, 0]);
  assert.deepEqual(again.toArray(), [1, 1, 0, 0, 0, 0, 1, 1]);
});
