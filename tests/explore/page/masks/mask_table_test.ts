import assert from "node:assert/strict";
import {
  dimensionOrder,
  distanceShares,
  heights,
  placeOfEpoch,
  unusedDimensions,
  usesOf,
} from "../../../../src/explore/page/masks/mask_table.ts";

const masks = [[0, 1, 2, 0], [3, 1, 0, 0]];

Deno.test("distanceShares() says which part of the mean squared distance of pairs a dimension has", () => {
  const shares = distanceShares([...masks, [0, 0, 0, 0]], [1, 4, 2, 9]);
  assert.deepEqual(shares, [[0, 4 / 12, 8 / 12, 0], [9 / 13, 4 / 13, 0, 0], [0, 0, 0, 0]]);
});

Deno.test("dimensionOrder() sorts by number, by a notion, and by how many notions use a dimension", () => {
  assert.deepEqual(dimensionOrder(masks, ""), [0, 1, 2, 3]);
  assert.deepEqual(dimensionOrder(masks, "0"), [2, 1, 0, 3]);
  assert.deepEqual(dimensionOrder(masks, "1"), [0, 1, 2, 3]);
  assert.deepEqual(dimensionOrder(masks, "uses"), [1, 0, 2, 3]);
  // Of a link that names a notion which there is not.
  assert.deepEqual(dimensionOrder(masks, "7"), [0, 1, 2, 3]);
});

Deno.test("unusedDimensions() are those that no mask lets through", () => {
  assert.deepEqual(unusedDimensions(masks), [3]);
  assert.deepEqual(unusedDimensions([[1, 0], [0, 1]]), []);
});

Deno.test("heights() are the highest value and the highest sum of a dimension of all tables", () => {
  assert.deepEqual(heights([masks, [[2, 2], [0, 2]]]), { value: 3, sum: 4 });
  assert.deepEqual(heights([]), { value: 0, sum: 0 });
});

Deno.test("usesOf() says by how much each notion uses a dimension, and its place among others", () => {
  assert.deepEqual(usesOf(masks, distanceShares(masks, [1, 4, 2, 9]), 1), [
    { value: 1, share: 4 / 12, place: 2, active: 2 },
    { value: 1, share: 4 / 13, place: 2, active: 2 },
  ]);
  assert.deepEqual(usesOf(masks, masks, 3).map(({ place }) => place), [null, null]);
});

Deno.test("placeOfEpoch() is that of the last epoch which is not after the wanted one", () => {
  assert.deepEqual([9, 10, 19, 40, 3].map((epoch) => placeOfEpoch([10, 20, 30], epoch)), [
    ...[0, 0, 0, 2, 0],
  ]);
});
