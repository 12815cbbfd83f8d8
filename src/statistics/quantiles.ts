import { betaQuantile } from "./beta.ts";

/** Half of what a 95 % interval leaves out. */
const tail = 0.025;

/** 97.5 % of a standard normal distribution lie below it. */
export const normalQuantile = 1.959964;

/**
 * The number that |t| of so many degrees of freedom, whole or not, stays below with a chance of 95
 * %: t^2 / (degrees + t^2) has a beta distribution.
 */
export function studentT(degrees: number): number {
  // 1 - that is small for many degrees, and keeps its digits.
  const rest = betaQuantile(2 * tail, degrees / 2, 0.5);
  return Math.sqrt(degrees * (1 - rest) / rest);
}

/**
 * The exact 95 % interval of a share of which `wrong` of `count` were seen, whole numbers or not:
 * the quantiles 2.5 % and 97.5 % of beta distributions (Clopper and Pearson, Biometrika 1934).
 */
export function exactInterval(wrong: number, count: number): { low: number; high: number } {
  const right = count - wrong;
  return {
    low: wrong <= 0 ? 0 : betaQuantile(tail, wrong, right + 1),
    high: right <= 0 ? 1 : betaQuantile(1 - tail, wrong + 1, right),
  };
}
