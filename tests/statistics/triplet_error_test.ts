import assert from "node:assert/strict";
import { randomNormal } from "../../src/base/random.ts";
import { tripletError } from "../../src/statistics/triplet_error.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { plantEmbedding, plantTriplets } from "../helpers/planted_embedding.ts";

Deno.test("tripletError() equals the distances of an EmbeddingSet, triplet by triplet, under masks with and without zeros", () => {
  const [count, dimension] = [60, 7];
  const vectors = Float32Array.from(
    { length: count * dimension },
    (_, i) => randomNormal(1, 1, i),
  );
  const set = new EmbeddingSet({
    names: Array.from({ length: count }, (_, i) => String(i)),
    vectors,
    dimension,
  });
  const triplets = plantTriplets(Array.from({ length: count }, (_, i) => i % 3), 400);
  for (const mask of [[1, 1, 1, 1, 1, 1, 1], [0.5, 0, 2, 0, 0, 1.5, 0], [0, 0, 0, 3, 0, 0, 0]]) {
    let wrong = 0;
    for (let at = 0; at < triplets.length; at += 3) {
      const [anchor, far, near] = triplets.subarray(at, at + 3);
      const distances = set.distances(set.at(anchor), Float32Array.from(mask));
      if (!(distances[far] > distances[near])) wrong++;
    }
    assert.equal(tripletError(vectors, mask, triplets), wrong / 400);
  }
});

Deno.test("tripletError() counts a tie as wrong, and knows no error without triplets", () => {
  const vectors = Float32Array.of(0, 0, 5, 1, 5, 2);
  const triplet = Uint32Array.of(0, 2, 1);
  assert.equal(tripletError(vectors, [1, 0], triplet), 1);
  assert.equal(tripletError(vectors, [1, 1], triplet), 0);
  assert.equal(tripletError(vectors, [0, 0], triplet), 1);
  assert.ok(Number.isNaN(tripletError(vectors, [1, 0], new Uint32Array())));
});

/** [notion of the triplets][mask]. */
function matrixOf(
  vectors: Float32Array,
  masks: readonly number[][],
  triplets: readonly Uint32Array[],
): number[][] {
  return triplets.map((rows) => masks.map((mask) => tripletError(vectors, mask, rows)));
}

Deno.test("tripletError() of notions with dimensions of their own is at chance beside the diagonal", () => {
  const { vectors, values } = plantEmbedding(600, 2);
  const triplets = values.map((one) => plantTriplets(one, 4000));
  const matrix = matrixOf(vectors, [[1, 0], [0, 1], [1, 1]], triplets);
  for (const notion of [0, 1]) {
    assert.ok(matrix[notion][notion] < 0.001, String(matrix[notion][notion]));
    // Five standard errors of a share of 4,000.
    assert.ok(Math.abs(matrix[notion][1 - notion] - 0.5) < 5 * 0.5 / Math.sqrt(4000));
    // Without a mask the other notion's dimension is noise.
    assert.ok(matrix[notion][2] > 0.1 && matrix[notion][2] < 0.4, String(matrix[notion][2]));
  }
});

Deno.test("tripletError() shows a dimension that two notions' masks share, in the notion that it serves alone", () => {
  const { vectors, values } = plantEmbedding(600, 2);
  const triplets = values.map((one) => plantTriplets(one, 4000));
  // The second notion's mask sees the first one's dimension too.
  const matrix = matrixOf(vectors, [[1, 0], [0.7, 1]], triplets);
  assert.ok(matrix[0][0] < 0.001, String(matrix[0][0]));
  assert.ok(matrix[0][1] < 0.45, `error of the first notion under the second: ${matrix[0][1]}`);
  assert.ok(Math.abs(matrix[1][0] - 0.5) < 5 * 0.5 / Math.sqrt(4000), String(matrix[1][0]));
  assert.ok(matrix[1][1] > 0, "the shared dimension costs the second notion");
});

Deno.test("tripletError() shows two notions that are told by one and the same dimension", () => {
  const { vectors, values } = plantEmbedding(600, 2);
  // The halves of the first property's values: another notion, the same dimension.
  const halves = values[0].map((value) => Math.floor(value / 2));
  const triplets = [values[0], halves].map((one) => plantTriplets(one, 4000));
  const [[own, under], [halvesUnder, halvesOwn]] = matrixOf(vectors, [[1, 0], [1, 0]], triplets);
  assert.ok(own < 0.001, String(own));
  assert.equal(under, own);
  assert.equal(halvesUnder, halvesOwn);
  assert.ok(halvesUnder < 0.3, String(halvesUnder));
});
