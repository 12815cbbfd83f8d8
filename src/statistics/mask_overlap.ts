/** The dimensions that a mask uses: those where it is not 0. */
export function activeDimensions(mask: ArrayLike<number>): number[] {
  return Array.from(mask, (_, dimension) => dimension).filter((dimension) => mask[dimension] !== 0);
}

/** Cosine of the angle between two masks; null when one is all zeros. */
export function maskCosine(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const product = dot(a, b);
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  // Rounding may give slightly more than 1.
  return lengths === 0 ? null : Math.min(1, product / lengths);
}

/**
 * Dimensions that both masks use, as a share of those that either uses; null when neither uses any.
 */
export function maskJaccard(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const [ofA, ofB] = [new Set(activeDimensions(a)), new Set(activeDimensions(b))];
  const either = ofA.union(ofB).size;
  return either === 0 ? null : ofA.intersection(ofB).size / either;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
