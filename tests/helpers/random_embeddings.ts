/** Embeddings and masks of random numbers, for tests of searching. */
import { randomNormal } from "../../src/base/random.ts";
import type { Embeddings } from "../../src/search/embeddings.ts";

/** `count` embeddings [count, dimension] called "0", "1", ... */
export function randomEmbeddings(count: number, dimension: number, seed = 1): Embeddings {
  return {
    names: Array.from({ length: count }, (_, row) => `${row}`),
    vectors: Float32Array.from(
      { length: count * dimension },
      (_, at) => randomNormal(seed, 0, at),
    ),
    dimension,
  };
}

/** Masks of 8 dimensions in units that differ; "heel" and "colour" share dimension 3. */
export const masks: ReadonlyMap<string, Float32Array> = new Map([
  ["heel", Float32Array.of(1, 0.5, 0.25, 2, 0, 0, 0, 0)],
  ["colour", Float32Array.of(0, 0, 0, 0.01, 0.02, 0.03, 0, 0)],
  ["shape, in all", Float32Array.of(0, 0, 0, 0, 0, 0, 30, 40)],
]);
