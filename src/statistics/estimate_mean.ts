import type { Estimate } from "./estimate.ts";
import type { ImageVariance } from "./image_variance.ts";
import { meanOf, varianceOf } from "./mean.ts";
import { studentT } from "./quantiles.ts";
import { designEffect, shareInterval } from "./share_interval.ts";

/** A mean over triplets, and over training runs if there are several. */
export interface TripletSample {
  /** [runs][n], not empty: what each run measured of each triplet. */
  readonly runs: readonly ArrayLike<number>[];
  /** Which of these triplets share images, or groups of images. */
  readonly images: ImageVariance;
  /** Whether values lie from 0 to 1, so that the interval must, too. @default {false} */
  readonly isShare?: boolean;
  /**
   * Of a difference a - b whose runs have nothing in common but their number: the mean of each run
   * of a, and of b. Runs that share a seed, and so triplets and order, leave this out.
   */
  readonly apart?: readonly [a: readonly number[], b: readonly number[]];
}

/** A mean, its 95 % interval, and where its uncertainty comes from. */
export interface MeanEstimate extends Estimate {
  /**
   * Standard error that other test images, or groups, give; null where there are too few for any
   * interval, which then holds all that is possible.
   */
  readonly images: number | null;
  /**
   * Standard error that other training runs add; null for one run, of which the interval holds
   * alone.
   */
  readonly runs: number | null;
}

/** Fewer images, or groups, than these say nothing of others. */
export const fewestImages = 5;

/** The two sources of a mean's variance, as its interval takes them. */
export interface VarianceParts {
  /** What other images give to these very runs. */
  readonly alone: number;
  /** What other images give and runs do not. */
  readonly images: number;
  /** That of the runs' means: what a run does to all triplets, and to each. */
  readonly runs: number;
  /** Degrees of freedom of what images give. */
  readonly imageDegrees: number;
  /** The number that |t| of each stays below with a chance of 95 %. */
  readonly imagesT: number;
  readonly runsT: number;
}

/**
 * The mean of a sample with its 95 % interval over what other test images, and other training runs,
 * could have given.
 *
 * The variance has two sources that cross: V = V_images + V_runs - V_both. V_images is that of the
 * mean over the runs, see `ImageVariance`. V_runs is the variance of the runs' means, / runs.
 * V_both is what each of them holds of what one run does to one image: the variance over images of
 * each run's residuals (x_st - mean of run s - mean of triplet t + mean), / (runs (runs - 1)).
 * Never less than either (Cameron, Gelbach, Miller, JBES 2011, for two ways of clustering).
 *
 * The interval is mean ± ((V - V_runs) t_images + V_runs t_runs) / sqrt(V), a mean of Student's t
 * of both degrees of freedom (after Cochran and Cox, Experimental Designs, 1950, section 4.14),
 * which two or three runs make wide. Of a share it is exact, see `shareInterval`. Of a difference,
 * one more triplet is taken to differ, so that an interval is never a point (after Agresti and Min,
 * Statistics in Medicine 2005).
 *
 * @example The error of an evaluation with its interval
 * ```ts
 * import { estimateMean, ImageVariance, SharedImages } from "@csn/csn/experiment";
 *
 * const images = [0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 4, 5, 1, 4]; // of five triplets
 * const shared = new ImageVariance(new SharedImages(images));
 * const { value, low, high } = estimateMean({ runs: [[1, 0, 0, 0, 0]], images: shared, isShare: true });
 * console.log(value, low, high);
 * ```
 */
export function estimateMean(sample: TripletSample): MeanEstimate {
  const { runs, images, isShare = false } = sample;
  const value = meanOf(runs.map(meanOf));
  if (images.shared.images.length < fewestImages) {
    const range = isShare ? { low: 0, high: 1 } : { low: -1, high: 1 };
    return { value, ...range, images: null, runs: null };
  }
  const parts = variancePartsOf(sample);
  const variance = parts.images + parts.runs;
  const multiplier = variance > 0 ? halfOf(parts) / Math.sqrt(variance) : parts.imagesT;
  const sources = {
    images: Math.sqrt(parts.alone),
    runs: runs.length < 2 ? null : Math.sqrt(variance - parts.alone),
  };
  if (!isShare) {
    const half = halfOf(parts);
    return { value, low: value - half, high: value + half, ...sources };
  }
  const { low, high } = shareInterval({
    ...{ value, variance, multiplier, runs: runs.length },
    ...{ triplets: images.shared.triplets, sharing: images.sharing },
  });
  return { value, low, high, ...sources };
}

/** Half of the interval of a mean whose variance has these parts. */
export function halfOf(
  { images, runs, imagesT, runsT }: Omit<VarianceParts, "alone" | "imageDegrees">,
): number {
  const variance = images + runs;
  return variance > 0 ? (images * imagesT + runs * runsT) / Math.sqrt(variance) : 0;
}

/** The variance of a sample's mean by its sources. */
export function variancePartsOf(sample: TripletSample): VarianceParts {
  const { runs, images, isShare = false, apart } = sample;
  const mean = meanRun(runs);
  const n = images.shared.triplets;
  const floor = isShare ? 0 : designEffect(images.sharing, n) / n ** 2 / runs.length;
  const found = images.of(mean);
  const ofImages = found.variance + floor;
  const imageDegrees = images.degreesOf({
    variance: ofImages,
    ofTriplets: found.ofTriplets + floor,
  });
  const imagesT = studentT(imageDegrees);
  if (runs.length < 2) {
    return { alone: ofImages, images: ofImages, runs: 0, imageDegrees, imagesT, runsT: 0 };
  }
  const ofRuns = apart === undefined ? pairedRuns(runs) : separateRuns(...apart);
  const all = Math.max(ofImages, ofRuns.variance, ofImages + ofRuns.variance - both(sample, mean));
  return {
    alone: ofImages,
    images: all - ofRuns.variance,
    runs: ofRuns.variance,
    imageDegrees,
    imagesT,
    runsT: studentT(ofRuns.degrees),
  };
}

interface RunsVariance {
  readonly variance: number;
  readonly degrees: number;
}

/** The variance of the mean of several runs' means. */
function pairedRuns(runs: readonly ArrayLike<number>[]): RunsVariance {
  return { variance: varianceOf(runs.map(meanOf)) / runs.length, degrees: runs.length - 1 };
}

/** That of a difference of two independent means (Welch, Biometrika 1947). */
function separateRuns(a: readonly number[], b: readonly number[]): RunsVariance {
  const [ofA, ofB] = [varianceOf(a) / a.length, varianceOf(b) / b.length];
  const variance = ofA + ofB;
  if (variance === 0) return { variance, degrees: a.length + b.length - 2 };
  const spread = ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1);
  return { variance, degrees: variance ** 2 / spread };
}

/** What the variances over images and over runs both hold: what a run does to single images. */
function both({ runs, images }: TripletSample, mean: Float64Array): number {
  const sum = runs.reduce(
    (sum, run) => sum + images.of(mean.map((each, t) => run[t] - each)).variance,
    0,
  );
  return sum / (runs.length * (runs.length - 1));
}

/** [n]: the mean of each triplet over the runs. */
function meanRun(runs: readonly ArrayLike<number>[]): Float64Array {
  return Float64Array.from(
    { length: runs[0].length },
    (_, t) => runs.reduce((sum, run) => sum + run[t], 0) / runs.length,
  );
}
