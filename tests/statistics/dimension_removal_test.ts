import assert from "node:assert/strict";
import { randomNormal } from "../../src/base/random.ts";
import { removalErrors } from "../../src/statistics/dimension_removal.ts";
import { tripletError } from "../../src/statistics/triplet_error.ts";
import { plantEmbedding, plantTriplets } from "../helpers/planted_embedding.ts";

/** Scores all triplets anew for every dimension. */
function naiveRemoval(vectors: Float32Array, mask: number[], triplets: Uint32Array): number[] {
  const whole = tripletError(vectors, mask, triplets);
  return mask.map((_, dimension) => {
    const without = mask.map((value, d) => d === dimension ? 0 : value);
    return tripletError(vectors, without, triplets) - whole;
  });
}

function assertSame(vectors: Float32Array, mask: number[], triplets: Uint32Array): void {
  const [found, expected] = [
    removalErrors(vectors, mask, triplets),
    naiveRemoval(vectors, mask, triplets),
  ];
  assert.equal(found.length, mask.length);
  found.forEach((error, d) =>
    assert.ok(Math.abs(error - expected[d]) < 1e-12, `${d}: ${error}, not ${expected[d]}`)
  );
}

Deno.test("removalErrors() equals scoring all triplets anew without each dimension", () => {
  const vectors = Float32Array.from({ length: 80 * 6 }, (_, i) => randomNormal(3, 1, i));
  const triplets = plantTriplets(Array.from({ length: 80 }, (_, i) => i % 4), 500);
  for (const mask of [[1, 1, 1, 1, 1, 1], [0.2, 0, 3, 1, 0, 0.01], [0, 0, 0, 2, 0, 0]]) {
    assertSame(vectors, mask, triplets);
  }
});

Deno.test("removalErrors() counts as wrong the triplets that are tied in what is left", () => {
  // Images differ in dimension 0 alone, or (every third) in dimension 2 too; some are the same in all.
  const vectors = Float32Array.from({ length: 60 * 4 }, (_, at) => {
    const [image, dimension] = [Math.floor(at / 4), at % 4];
    const differs = dimension === 0 || dimension === 2 && image % 3 === 0;
    return differs ? randomNormal(4, dimension, image % 20) : 0.3 * dimension;
  });
  const triplets = plantTriplets(Array.from({ length: 60 }, (_, i) => i % 2), 400);
  assertSame(vectors, [1, 1, 1, 1], triplets);
  assertSame(vectors, [1, 0, 2, 0], triplets);
  assert.ok(removalErrors(vectors, [1, 1, 1, 1], triplets)[0] > 0.1);
});

Deno.test("removalErrors() finds the dimension that a notion is told by, and the one that does harm", () => {
  const { vectors, values } = plantEmbedding(400, 3);
  const triplets = plantTriplets(values[1], 2000);
  const [harmful, needed, unused] = removalErrors(vectors, [0.8, 1, 0], triplets);
  assert.ok(needed > 0.3, String(needed));
  assert.ok(harmful < -0.02, String(harmful));
  assert.equal(unused, 0);
  // Alone it is all there is: without it every triplet is a tie.
  assert.deepEqual(removalErrors(vectors, [0, 1, 0], triplets), [0, 1, 0]);
});
