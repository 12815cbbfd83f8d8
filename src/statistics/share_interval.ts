import type { Estimate } from "./estimate.ts";
import { exactInterval, normalQuantile } from "./quantiles.ts";

/** What is known of a share of triplets. */
export interface MeasuredShare {
  /** The share, 0 to 1. */
  readonly value: number;
  /** Triplets that it is of. */
  readonly triplets: number;
  /** How many runs it is a mean of. */
  readonly runs: number;
  /** Its variance, over images and runs. */
  readonly variance: number;
  /** Half of its interval in standard errors, were it far from 0 and 1. */
  readonly multiplier: number;
  /** Share of the pairs of triplets that have an image in common; see `ImageVariance`. */
  readonly sharing: number;
}

/**
 * What triplets that share an image are taken to correlate while few are wrong, or few are right,
 * and how many that is: the correlation then cannot be seen. Chosen by simulated coverage (`deno
 * task coverage`).
 */
const priorCorrelation = 0.02;
const priorTriplets = 5;

/**
 * The 95 % interval of a share that may lie near 0 or 1 (Korn and Graubard, Confidence Intervals
 * for Proportions With Small Expected Number of Positive Counts, Survey Methodology 1998): exact as
 * of n* independent triplets, which would give the same variance, n* = n / design effect, less what
 * the uncertain variance costs, (1.96 / multiplier)^2.
 *
 * The design effect, variance / (p (1 - p) / n), cannot be seen where few triplets are wrong; so it
 * is a mean of what was measured, with the weight of the wrong (or right) triplets, and of what a
 * correlation of 0.02 between triplets that share an image would make it, with the weight of 5.
 */
export function shareInterval(share: MeasuredShare): Estimate {
  const { value, triplets, runs, variance, multiplier, sharing } = share;
  const few = triplets * Math.min(value, 1 - value);
  const independent = value * (1 - value) / triplets;
  const measured = independent > 0 ? Math.max(1 / runs, variance / independent) : 0;
  const prior = designEffect(sharing, triplets);
  const effect = (few * measured + priorTriplets * prior) / (few + priorTriplets);
  const count = triplets / effect * (normalQuantile / multiplier) ** 2;
  return { value, ...exactInterval(count * value, count) };
}

/** By how much triplets that correlate a little make the variance of their mean larger. */
export function designEffect(sharing: number, triplets: number): number {
  return 1 + Math.max(0, sharing * triplets - 1) * priorCorrelation;
}
