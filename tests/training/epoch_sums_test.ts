import assert from "node:assert/strict";
import { defaultConfig, type TrainConfig } from "../../src/model/config.ts";
import { addBatch, beginState, emptySums, trainMetrics } from "../../src/training/epoch_sums.ts";

/** Distances of six triplets of two notions: one tie, one wrong, one within the margin. */
const far = [0.5, 0.25, 0.75, 1, 0.5, 0.625];
const near = [0.5, 0.5, 0.5, 0.25, 0.25, 0.5];
const rows = [0, 0, 0, 1, 1, 1];
const margin = 0.25;

function summed(size: number) {
  const sums = emptySums(2);
  for (let at = 0; at < rows.length; at += size) {
    const part = (values: readonly number[]) => values.slice(at, at + size);
    addBatch(
      sums,
      {
        loss: 0,
        triplet: 0.5 * (at + 1),
        embeddingNorm: at + 2,
        maskNorm: at + 3,
        far: Float64Array.from(part(far)),
        near: Float64Array.from(part(near)),
      },
      { notion: Uint8Array.from(part(rows)), images: new Uint32Array(3 * size) },
      margin,
    );
  }
  return trainMetrics(sums, ["shape", "colour"]);
}

Deno.test("addBatch() counts a tie as wrong, for each notion and in all", () => {
  const { accuracy, notions } = summed(6);
  const right = rows.map((_, i) => far[i] > near[i] ? 1 : 0);
  const share = (notion: number) => {
    const own = right.filter((_, i) => rows[i] === notion);
    return own.reduce<number>((sum, each) => sum + each, 0) / own.length;
  };
  assert.deepEqual([share(0), share(1)], [1 / 3, 1]);
  assert.deepEqual(notions.map((each) => each.accuracy), [1 / 3, 1]);
  assert.equal(accuracy, 4 / 6);
});

Deno.test("addBatch() adds up each notion's hinge losses, images, and norms a batch", () => {
  const { images, loss, embeddingNorm, maskNorm, notions } = summed(3);
  const hinge = (notion: number) => {
    const own = rows.flatMap((row, i) =>
      row === notion ? [Math.max(0, near[i] - far[i] + margin)] : []
    );
    return own.reduce((sum, each) => sum + each, 0) / own.length;
  };
  assert.deepEqual(notions.map((each) => each.loss), [hinge(0), hinge(1)]);
  assert.equal(images, 18);
  // The batches' triplet losses are 0.5 and 2; their norms 2 and 5, 3 and 6.
  assert.deepEqual([loss, embeddingNorm, maskNorm], [1.25, 3.5, 4.5]);
});

Deno.test("addBatch() counts the images that were embedded, fewer than three a triplet when dense", () => {
  const sums = emptySums(1);
  const numbers = { loss: 0, triplet: 0, embeddingNorm: 0, maskNorm: 0 };
  addBatch(
    sums,
    { ...numbers, far: Float64Array.of(1, 1), near: Float64Array.of(0, 0) },
    { notion: Uint8Array.of(0, 0), images: Uint32Array.of(5, 6, 7, 8) },
    margin,
  );
  assert.deepEqual([sums.images, sums.triplets], [4, 2]);
});

const config: TrainConfig = {
  ...defaultConfig,
  data: "/",
  startEpoch: 3,
  notions: ["shape", "colour"],
};

Deno.test("beginState() begins at the epoch of the run, with nothing seen", () => {
  const state = beginState(config, "digest");
  assert.deepEqual(state, {
    ...{ epoch: 3, steps: 0, bestAccuracy: -1, bestEpoch: 0, triplets: "digest" },
    sums: emptySums(2),
  });
});

Deno.test("beginState() goes on from a copy of what a checkpoint says, an old one of triplets alone", () => {
  const { images: _images, skipped: _skipped, ...sums } = { ...emptySums(2), triplets: 7 };
  const before = { ...beginState(config, "old"), epoch: 5, steps: 9, sums } as ReturnType<
    typeof beginState
  >;
  const state = beginState(config, "digest", before);
  assert.deepEqual([state.epoch, state.steps, state.triplets], [5, 9, "old"]);
  assert.deepEqual([state.sums.images, state.sums.skipped], [21, 0]);
  state.sums.notions[0].triplets = 4;
  assert.equal(before.sums.notions[0].triplets, 0);
  assert.equal("images" in before.sums, false);
});
