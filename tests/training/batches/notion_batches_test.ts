import assert from "node:assert/strict";
import { NotionBatches } from "../../../src/training/batches/notion_batches.ts";
import type { Triplets } from "../../../src/sets/triplets.ts";

/** Seven triplets of notion 0 and three of notion 1, mixed; triplet i begins with image 3 i. */
const notion = Uint8Array.of(0, 1, 0, 0, 1, 0, 0, 0, 1, 0);
const triplets: Triplets = {
  notions: ["a", "b"],
  images: Uint32Array.from({ length: 3 * notion.length }, (_, i) => i),
  notion,
  dropped: 0,
  perNotion: [],
};
const options = { batchSize: 3, seed: 1, epoch: 1, shuffle: true, flip: false };

Deno.test("NotionBatches holds every triplet once, each batch of one notion, the notions in turn", () => {
  const batches = new NotionBatches(triplets, options);
  const all = Array.from({ length: batches.length }, (_, index) => batches.at(index));
  assert.deepEqual(all.map((batch) => batch.index), [0, 1, 2, 3]);
  assert.deepEqual(all.map((batch) => [...batch.notion]), [[0, 0, 0], [1, 1, 1], [0, 0, 0], [0]]);
  const seen = all.flatMap(({ images, size, notion: rows }) =>
    Array.from(rows, (row, i) => {
      const triplet = [images[i], images[size + i], images[2 * size + i]];
      assert.deepEqual(triplet, [triplet[0], triplet[0] + 1, triplet[0] + 2]);
      assert.equal(notion[triplet[0] / 3], row);
      return triplet[0] / 3;
    })
  );
  assert.deepEqual(seen.sort((a, b) => a - b), [...notion.keys()]);
});

Deno.test("NotionBatches has another order in another epoch", () => {
  const first = [1, 2].map((epoch) => new NotionBatches(triplets, { ...options, epoch }).at(0));
  assert.notDeepEqual(first[0].images, first[1].images);
});
