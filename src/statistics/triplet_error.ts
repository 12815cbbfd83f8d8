import { meanOf } from "./mean.ts";
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
  return meanOf(wrongTriplets(vectors, mask, triplets));
}

/** [m]: 1 for each triplet that is in the wrong order under a mask, else 0; see `tripletError`. */
export function wrongTriplets(
  vectors: Float32Array,
  mask: ArrayLike<number>,
  triplets: Uint32Array,
): Float64Array {
  const masked = new MaskedVectors(vectors, mask);
  return Float64Array.from({ length: triplets.length / 3 }, (_, t) => {
    const [anchor, far, near] = triplets.subarray(3 * t, 3 * t + 3);
    return masked.squaredDistance(anchor, near) >= masked.squaredDistance(anchor, far) ? 1 : 0;
  });
}
