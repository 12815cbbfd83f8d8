import { pearson } from "./pearson.ts";

import { CsnError } from "../base/errors.ts";

/**
 * Spearman's rank correlation of two lists, -1 to 1: Pearson's correlation of their ranks, equal
 * values sharing the mean of theirs. Null when a list is constant or shorter than 2. Throws a
 * CsnError for lists of two lengths and for NaN, which has no rank.
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  if (a.length !== b.length) {
    throw new CsnError(
      `Cannot correlate ${a.length} values with ${b.length}: each needs a partner`,
    );
  }
  return pearson(averageRanks(a), averageRanks(b));
}

/** The rank of each value, from 1 on; equal values share the mean of their ranks. */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort();
  // Sorting puts NaN last.
  if (Number.isNaN(sorted[sorted.length - 1])) {
    throw new CsnError("Cannot rank values: one of them is not a number; leave unknown ones out");
  }
  return Float64Array.from(values, (value) => {
    const below = countBelow(sorted, (one) => one < value);
    const upTo = countBelow(sorted, (one) => one <= value);
    return (below + 1 + upTo) / 2;
  });
}

/** How many values at the front of a sorted list are `inside`, by halving. */
function countBelow(sorted: Float64Array, inside: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (inside(sorted[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
