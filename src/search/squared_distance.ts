import { epsilon } from "../statistics/masked_vectors.ts";

/**
 * The squared distance by a notion: sum over d of (mask_d (query_d - x_d) + 1e-6)^2, in double
 * precision and in the order of the dimensions. This is the definition: whatever searches faster
 * ranks what it found by it. `query` [D], `mask` [D], x the row of `vectors` that begins at `at`.
 */
export function squaredDistance(
  query: Float32Array,
  vectors: Float32Array,
  at: number,
  mask: Float32Array,
): number {
  let squares = 0;
  for (let d = 0; d < query.length; d++) {
    const difference = mask[d] * (query[d] - vectors[at + d]) + epsilon;
    squares += difference * difference;
  }
  return squares;
}

/** Squared distances [n] of all `vectors` [n, D] to `query` [D] under `mask` [D]. */
export function squaredDistances(
  query: Float32Array,
  vectors: Float32Array,
  mask: Float32Array,
): Float64Array {
  return Float64Array.from(
    { length: vectors.length / query.length },
    (_, row) => squaredDistance(query, vectors, row * query.length, mask),
  );
}
