import type { Estimate } from "./estimate.ts";
import { estimateMean } from "./estimate_mean.ts";
import { ImageVariance } from "./image_variance.ts";
import { meanOf } from "./mean.ts";
import { SharedImages } from "./shared_images.ts";

/** Predictions of about the same chance, and how often they came true. */
export interface ReliabilityBin {
  /** Chances from this on. */
  readonly low: number;
  /** Chances below this; those of 1 too. */
  readonly high: number;
  /** How many predictions. */
  readonly count: number;
  /** Their mean chance. */
  readonly predicted: number;
  /** The share that came true, with its 95 % interval over other images. */
  readonly observed: Estimate;
}

/** How far predicted chances can be relied on. */
export interface Reliability {
  /** Bins that hold predictions, by chance: what a reliability diagram shows. */
  readonly bins: readonly ReliabilityBin[];
  /**
   * The expected calibration error: the mean over predictions of how far their bin's mean chance is
   * from the share that came true. Its 95 % interval is over other images, with each bin wrong to
   * the side that it is wrong to here; by chance alone the error is above 0.
   */
  readonly error: Estimate;
}

/** Predictions, what came of them, and what they are about. */
export interface Predictions {
  /** [n]: chances. */
  readonly chances: ArrayLike<number>;
  /** [n]: 1 for what came true, 0 for what did not. */
  readonly outcomes: ArrayLike<number>;
  /** [3 n]: the images of each (or their groups), one twice where there are two. */
  readonly images: ArrayLike<number>;
}

const binCount = 10;

/** The reliability of predictions whose chances lie from `low` to 1, in ten bins of equal width. */
export function reliabilityOf(predictions: Predictions, low = 0): Reliability {
  const { chances, outcomes, images } = predictions;
  const width = (1 - low) / binCount;
  const binOf = (chance: number) =>
    Math.min(binCount - 1, Math.max(0, Math.floor((chance - low) / width)));
  const members: number[][] = Array.from({ length: binCount }, () => []);
  for (let i = 0; i < chances.length; i++) members[binOf(chances[i])].push(i);
  const gaps = new Float64Array(chances.length);
  const bins = members.flatMap((rows, bin): ReliabilityBin[] => {
    if (rows.length === 0) return [];
    const predicted = meanOf(rows.map((i) => chances[i]));
    const observed = estimate(rows.map((i) => outcomes[i]), rows, images, true);
    const side = observed.value < predicted ? -1 : 1;
    for (const i of rows) gaps[i] = side * (outcomes[i] - chances[i]);
    const from = low + bin * width;
    return [{ low: from, high: from + width, count: rows.length, predicted, observed }];
  });
  const { value, ...ends } = estimate(gaps, [...gaps.keys()], images, false);
  return {
    bins,
    error: { value, low: Math.max(0, ends.low), high: Math.min(1, ends.high) },
  };
}

function estimate(
  values: ArrayLike<number>,
  rows: readonly number[],
  images: ArrayLike<number>,
  isShare: boolean,
): Estimate {
  const own = rows.flatMap((i) => [images[3 * i], images[3 * i + 1], images[3 * i + 2]]);
  const shared = new ImageVariance(new SharedImages(own));
  const { value, low, high } = estimateMean({ runs: [values], images: shared, isShare });
  return { value, low, high };
}
