import type { Estimate } from "./estimate.ts";

/**
 * The mean of paired differences with its 95 % interval by Student's t: mean ± t sd / sqrt(n), with
 * n - 1 degrees of freedom (Student, The Probable Error of a Mean, Biometrika 1908). It holds for
 * differences that scatter normally. Null for fewer than two, whose scatter is not known.
 */
export function pairedInterval(differences: readonly number[]): Estimate | null {
  const n = differences.length;
  if (n < 2) return null;
  const value = differences.reduce((sum, each) => sum + each, 0) / n;
  const squares = differences.reduce((sum, each) => sum + (each - value) ** 2, 0);
  const half = studentT(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { value, low: value - half, high: value + half };
}

/** The number that |t| of so many degrees of freedom stays below with a chance of 95 %. */
export function studentT(degrees: number): number {
  let [low, high] = [0, 13]; // One degree of freedom has the largest, 12.71.
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (chanceBelow(middle, degrees) < 0.95) low = middle;
    else high = middle;
  }
  return high;
}

/** P(|T| < t) for whole degrees of freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4). */
function chanceBelow(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cosine = Math.cos(angle);
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < degrees; k += 2) {
    term *= (k - 1) / k * cosine ** 2;
    sum += term;
  }
  return isOdd ? 2 / Math.PI * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
