import type { Estimate, Interval } from "./estimate.ts";
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
export const priorWrong = 5;

/** The 95 % interval of a share of triplets: see `uncertainShare`. */
export function shareInterval(share: MeasuredShare): Estimate {
  const { value, triplets, runs, variance, multiplier, sharing } = share;
  const prior = designEffect(sharing, triplets);
  const least = 1 / runs;
  const interval = uncertainShare({
    value,
    count: triplets,
    variance,
    multiplier,
    prior,
    least,
    weight: priorWrong,
  });
  return { value, ...interval };
}

/** A share with its estimated variance. */
export interface UncertainShare {
  /** The share, 0 to 1. */
  readonly value: number;
  /** How many it is of. */
  readonly count: number;
  /** Its variance. */
  readonly variance: number;
  /** Half of its interval in standard errors, were it far from 0 and 1. */
  readonly multiplier: number;
  /** By how much its variance is taken to exceed that of independent ones where few are wrong. */
  readonly prior: number;
  /** Of how many wrong ones `prior` has the weight. */
  readonly weight: number;
  /** What it exceeds that by at least. */
  readonly least: number;
}

/**
 * The 95 % interval of a share that may lie near 0 or 1 (Korn and Graubard, Confidence Intervals
 * for Proportions With Small Expected Number of Positive Counts, Survey Methodology 1998): exact as
 * of n* independent ones, which would give the same variance, n* = n / design effect, less what the
 * uncertain variance costs, (1.96 / multiplier)^2.
 *
 * The design effect, variance / (p (1 - p) / n), cannot be seen where few are wrong; so it is a
 * mean of what was measured, with the weight of the wrong (or right) ones, and of `prior`.
 * Of triplets that is what a correlation of 0.02 between those that share an image
 * would make it.
 */
export function uncertainShare(share: UncertainShare): Interval {
  const { value, count, variance, multiplier, prior, weight, least } = share;
  const few = count * Math.min(value, 1 - value);
  const independent = value * (1 - value) / count;
  const measured = independent > 0 ? Math.max(least, variance / independent) : 0;
  const effect = (few * measured + weight * prior) / (few + weight);
  const effective = count / effect * (normalQuantile / multiplier) ** 2;
  return exactInterval(effective * value, effective);
}

/** By how much triplets that correlate a little make the variance of their mean larger. */
export function designEffect(sharing: number, triplets: number): number {
  return 1 + Math.max(0, sharing * triplets - 1) * priorCorrelation;
}
