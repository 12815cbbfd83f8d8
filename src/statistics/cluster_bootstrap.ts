import { meanOf } from "./mean.ts";
import { randomBelow, streamFor } from "../base/random.ts";
import { type Estimate, quantile } from "./estimate.ts";
import type { SharedImages } from "./shared_images.ts";

/** A mean over triplets that is to be estimated. */
export interface TripletSample {
  /** [n], not empty: what was measured of each triplet. */
  readonly values: ArrayLike<number>;
  /** Which of these triplets share images. */
  readonly shared: SharedImages;
  /** Whether values lie from 0 to 1, so that the interval must, too. @default {false} */
  readonly isShare?: boolean;
}

/** How intervals are drawn. */
export interface BootstrapOptions {
  /** Decides which images each replicate draws. */
  readonly seed: number;
  /** How often the images are drawn anew. @default {2000} */
  readonly replicates?: number;
}

/**
 * The standard error of the mean of `values` over triplets, of which those that share an image
 * depend on each other: with residuals e_t = x_t - mean, V = (sum of e_t e_u over all pairs of
 * triplets that share an image) / n^2 (see `SharedImages.sumOverPairs`), never less than sum e_t^2
 * / n^2, the variance of independent triplets: chance can make the estimate of V small or even
 * negative.
 */
export function clusteredStandardError(
  { values, shared }: Pick<TripletSample, "values" | "shared">,
): number {
  return Math.sqrt(sumOfSquares(residualsOf(values), shared)) / shared.triplets;
}

/**
 * Means over triplets, each with its 95 % interval by a bootstrap that is clustered over images.
 *
 * A replicate draws as many images as there are, with replacement; image i comes w_i times. By the
 * residuals e_t and their sums S_i over the triplets with image i, it deviates from the mean by
 * (1/n) sum_i (w_i - 1) S_i. Its variance over replicates is sum_i S_i^2 / n^2, which counts two
 * triplets once for every image that they share (and each triplet, of three images, three times);
 * so deviations are scaled by sqrt(V / (sum_i S_i^2 / n^2)) to the variance V of
 * `clusteredStandardError`, which counts them once. The interval is the mean plus the 2.5 % and the
 * 97.5 % quantile of the deviations; where all S_i are 0 yet V is not, the quantiles of a normal
 * distribution. Where all values are equal, the interval is the value alone, but for shares of 0 or
 * 1: then the exact binomial bound, within which n independent triplets would all be right (or all
 * wrong) with 2.5 %, 1 - 0.025^(1/n).
 *
 * All samples are measured on the same draws. The interval covers what other test triplets could
 * have given, not what other training runs could have.
 *
 * @example The error of an evaluation with its interval
 * ```ts
 * import { estimateMeans, SharedImages } from "@csn/csn/experiment";
 *
 * const images = [0, 1, 2, 0, 3, 4, 5, 1, 4]; // of three triplets
 * const wrong = { values: [1, 0, 0], shared: new SharedImages(images), isShare: true };
 * const [{ value, low, high }] = estimateMeans([wrong], { seed: 1 });
 * console.log(value, low, high);
 * ```
 */
export function estimateMeans(
  samples: readonly TripletSample[],
  { seed, replicates = 2000 }: BootstrapOptions,
): Estimate[] {
  const images = [...new Set(samples.flatMap(({ shared }) => shared.images))];
  const weights = influences(samples, images);
  const centre = samples.map((_, column) =>
    images.reduce((sum, _, row) => sum + weights[row * samples.length + column], 0)
  );
  const deviations = samples.map(() => new Float64Array(replicates));
  for (let replicate = 0; replicate < replicates; replicate++) {
    const drawn = drawSums(weights, images.length, samples.length, seed, replicate);
    drawn.forEach((sum, column) => deviations[column][replicate] = sum - centre[column]);
  }
  return samples.map((sample, column) => {
    const value = meanOf(sample.values);
    const sorted = deviations[column].sort();
    // All deviations are 0, because no image has an influence or there are no images.
    const spread = sorted[0] === sorted[replicates - 1] ? clusteredStandardError(sample) : 0;
    const estimate = {
      value,
      low: value + quantile(sorted, 0.025) - normalQuantile * spread,
      high: value + quantile(sorted, 0.975) + normalQuantile * spread,
    };
    return sample.isShare ? shareOf(estimate, sample.shared.triplets) : estimate;
  });
}

/** An estimate of a share of n triplets: within 0 and 1, and never certain to be exactly 0 or 1. */
function shareOf({ value, low, high }: Estimate, n: number): Estimate {
  const bound = 1 - 0.025 ** (1 / n);
  return {
    value,
    low: value === 1 ? 1 - bound : Math.max(0, low),
    high: value === 0 ? bound : Math.min(1, high),
  };
}

/** 97.5 % of a standard normal distribution lie below it. */
const normalQuantile = 1.959964;

/**
 * [images, samples]: by how much a mean deviates for each time that an image comes more often than
 * once.
 */
function influences(
  samples: readonly TripletSample[],
  images: readonly number[],
): Float64Array {
  const rowOf = new Map(images.map((image, row) => [image, row]));
  const all = new Float64Array(images.length * samples.length);
  samples.forEach(({ values, shared }, column) => {
    const residuals = residualsOf(values);
    const sums = shared.imageSums(residuals);
    const byImages = sums.reduce((sum, each) => sum + each * each, 0);
    if (byImages === 0) return;
    const scale = Math.sqrt(sumOfSquares(residuals, shared) / byImages) / shared.triplets;
    shared.images.forEach((image, i) => {
      all[rowOf.get(image)! * samples.length + column] = scale * sums[i];
    });
  });
  return all;
}

/** Sum over the images of w times their influence, for each sample, in one replicate. */
function drawSums(
  influences: Float64Array,
  images: number,
  samples: number,
  seed: number,
  replicate: number,
): Float64Array {
  const stream = streamFor("bootstrap", replicate);
  const sums = new Float64Array(samples);
  for (let i = 0; i < images; i++) {
    const row = samples * randomBelow(seed, stream, i, images);
    for (let column = 0; column < samples; column++) sums[column] += influences[row + column];
  }
  return sums;
}

/** n^2 V: the sum over pairs of triplets that share an image, at least that of each with itself. */
function sumOfSquares(residuals: Float64Array, shared: SharedImages): number {
  const independent = residuals.reduce((sum, each) => sum + each * each, 0);
  return Math.max(independent, shared.sumOverPairs(residuals));
}

function residualsOf(values: ArrayLike<number>): Float64Array {
  const mean = meanOf(values);
  return Float64Array.from(values, (value) => value - mean);
}
