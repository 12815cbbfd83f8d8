import { activeDimensions } from "./mask_overlap.ts";
import { epsilon, MaskedVectors } from "./masked_vectors.ts";

/**
 * What each dimension is worth to a notion: the error of its triplets when the mask leaves that
 * dimension out, minus the error under the whole mask, [D]. 0 for dimensions that are not active;
 * below 0 where a dimension does harm. `vectors` is [n, D], `mask` [D], `triplets` [3 m] rows:
 * anchor, far, near; ties are wrong.
 *
 * A triplet is wrong when its squared differences, near minus far, add up to 0 or more, so one pass
 * over the dimensions finds it for each dimension that is left out.
 */
export function removalErrors(
  vectors: Float32Array,
  mask: ArrayLike<number>,
  triplets: Uint32Array,
): number[] {
  const active = activeDimensions(mask);
  const removed = wrongWithout(new MaskedVectors(vectors, mask), triplets);
  const all = removed[active.length];
  const errors = new Array<number>(mask.length).fill(0);
  active.forEach((dimension, place) =>
    errors[dimension] = (removed[place] - all) / (triplets.length / 3)
  );
  return errors;
}

/** Wrong triplets without each active dimension; the last entry is for all of them together. */
function wrongWithout({ rows, width }: MaskedVectors, triplets: Uint32Array): Uint32Array {
  const wrong = new Uint32Array(width + 1);
  const terms = new Float64Array(width);
  /**
   * [d]: sum of the terms from d on. Sums of what is left cancel nothing, as taking a term from the
   * total could.
   */
  const after = new Float64Array(width + 1);
  for (let at = 0; at < triplets.length; at += 3) {
    const [anchor, far, near] = [0, 1, 2].map((role) => triplets[at + role] * width);
    for (let d = width - 1; d >= 0; d--) {
      const toNear = rows[anchor + d] - rows[near + d] + epsilon;
      const toFar = rows[anchor + d] - rows[far + d] + epsilon;
      terms[d] = toNear * toNear - toFar * toFar;
      after[d] = after[d + 1] + terms[d];
    }
    let before = 0;
    for (let d = 0; d < width; d++) {
      if (before + after[d + 1] >= 0) wrong[d]++;
      before += terms[d];
    }
    if (before >= 0) wrong[width]++;
  }
  return wrong;
}
