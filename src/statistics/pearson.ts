import { meanOf } from "./mean.ts";

/** Pearson's r of two lists of equal length; null where all values of one are equal. */
export function pearson(a: Float64Array, b: Float64Array): number | null {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [together, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [fromA, fromB] = [a[i] - meanA, b[i] - meanB];
    together += fromA * fromB;
    squaresA += fromA * fromA;
    squaresB += fromB * fromB;
  }
  return squaresA === 0 || squaresB === 0 ? null : together / Math.sqrt(squaresA * squaresB);
}
