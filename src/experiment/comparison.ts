import type { Estimate } from "../statistics/estimate.ts";
import type { Variant } from "../network/variant.ts";

/**
 * Variants of a network, tested on the same triplets: what `compare.json` holds. Errors are shares,
 * 0 to 1.
 */
export interface Comparison {
  /** Version of this description. */
  readonly format: 1;
  /** Name of the image set. */
  readonly data: string;
  /** Its notions. */
  readonly notions: readonly string[];
  /** Whose triplets were tested: all of them. */
  readonly split: "test";
  /** How many test triplets there are. */
  readonly testTriplets: number;
  /** Distinct images in them. */
  readonly testImages: number;
  /** Epochs of each run. */
  readonly epochs: number;
  /** Training triplets of each notion that each run was given. */
  readonly trainTriplets: number;
  /** Seeds of the runs; each variant was trained with all of them. */
  readonly seeds: readonly number[];
  /** The command that makes it. */
  readonly command: string;
  /** What was measured of each variant. */
  readonly variants: readonly ComparedVariant[];
  /** Of each two variants, in the order of `variants`. */
  readonly differences: readonly VariantDifference[];
}

/** One variant. */
export interface ComparedVariant {
  /** Which. */
  readonly variant: Variant;
  /** Share of test triplets in the wrong order, ties among them: the mean over the seeds. */
  readonly error: Estimate;
  /** The same for each notion. */
  readonly notions: readonly NotionEstimate[];
  /** Ties in all seeds together. */
  readonly ties: number;
  /** Each run. */
  readonly seeds: readonly SeedResult[];
}

/** What was measured of one notion. */
export interface NotionEstimate {
  /** The notion. */
  readonly name: string;
  /** Its error, or difference of errors. */
  readonly error: Estimate;
}

/** One run. */
export interface SeedResult {
  /** Its seed. */
  readonly seed: number;
  /** Share of test triplets in the wrong order. */
  readonly error: number;
  /** The same for each notion, in the order of the comparison's. */
  readonly notions: readonly number[];
  /** Test triplets whose two images are equally far from the anchor. */
  readonly ties: number;
  /** Training triplets of all notions together. */
  readonly trainTriplets: number;
  /** Images embedded in training, over all epochs. */
  readonly embeddedImages: number;
  /** Seconds of training and validation. */
  readonly seconds: number;
  /** The epoch whose weights were tested: the best on validation. */
  readonly epoch: number;
}

/** Two variants on the same triplets. */
export interface VariantDifference {
  /** The one. */
  readonly a: Variant;
  /** The other. */
  readonly b: Variant;
  /**
   * Error of a minus that of b, mean over the seeds; the interval is over test images, of these
   * very networks.
   */
  readonly error: Estimate;
  /** The same for each notion. */
  readonly notions: readonly NotionEstimate[];
  /** The difference of each seed. */
  readonly seeds: readonly SeedDifference[];
  /**
   * Intervals over seeds, of other training runs on the same test images; null for fewer than two
   * seeds.
   */
  readonly overSeeds: SeedIntervals | null;
}

/** Two variants that were trained with the same seed. */
export interface SeedDifference {
  /** The seed. */
  readonly seed: number;
  /** Error of a minus that of b. */
  readonly error: number;
  /** The same for each notion, in the order of the comparison's. */
  readonly notions: readonly number[];
}

/** Means of paired differences with 95 % intervals by Student's t over seeds. */
export interface SeedIntervals {
  /** Of all triplets. */
  readonly error: Estimate;
  /** Of each notion's. */
  readonly notions: readonly NotionEstimate[];
}
