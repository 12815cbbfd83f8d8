import { MaskedVectors } from "./masked_vectors.ts";

/**
 * Share of triplets whose near image is not nearer than the far one under `mask` [D]; a tie counts
 * as wrong, as in testing. `vectors` is [n, D], `triplets` [3 m] rows of it: anchor, far, near. NaN
 * without triplets.
 */
export function tripletError(
  vectors: Float32Array,
  mask: ArrayLike<number>,
  triplets: Uint32Array,
): number {
  const masked = new MaskedVectors(vectors, mask);
  let wrong = 0;
  for (let at = 0; at < triplets.length; at += 3) {
    const far = masked.squaredDistance(triplets[at], triplets[at + 1]);
    const near = masked.squaredDistance(triplets[at], triplets[at + 2]);
    if (near >= far) wrong++;
  }
  return wrong / (triplets.length / 3);
}

/**
 * The leakage matrix: [notion of the triplets][mask], the error of each notion's triplets under
 * every mask. A notion whose dimensions another's mask does not see is there at chance, one half.
 */
export function leakage(
  vectors: Float32Array,
  masks: readonly ArrayLike<number>[],
  triplets: readonly Uint32Array[],
): number[][] {
  return triplets.map((rows) => masks.map((mask) => tripletError(vectors, mask, rows)));
}
