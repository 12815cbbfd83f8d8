import type { Interval } from "../statistics/estimate.ts";
import type { TestUnits } from "../statistics/test_units.ts";
import type { MeanEstimate } from "../statistics/estimate_mean.ts";
import type { Variant } from "../network/variant.ts";

/**
 * Variants of a network, tested on the same triplets: what `compare.json` holds. Errors are shares,
 * 0 to 1.
 */
export interface Comparison {
  /**
   * Version of this description. In version 1 intervals were of these very networks on other
   * images.
   */
  readonly format: 1 | 2;
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
  /** What other test data would have others of: images, or the groups by which the set was split. */
  readonly units: TestUnits;
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
  readonly error: MeanEstimate;
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
  /** Its error. */
  readonly error: MeanEstimate;
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
   * Whether runs of one seed learned from the same triplets in the same order, and so are compared
   * with each other; specialists learn from batches of their own.
   */
  readonly isPaired: boolean;
  /** Error of a minus that of b, mean over the seeds. */
  readonly error: DifferenceEstimate;
  /** The same for each notion. */
  readonly notions: readonly NotionDifference[];
  /** The difference of each seed. */
  readonly seeds: readonly SeedDifference[];
}

/** A difference of errors, judged alone and with all others of the comparison. */
export interface DifferenceEstimate extends MeanEstimate {
  /**
   * Its part of intervals that hold all differences of the comparison at once with a chance of 95
   * %; null in results of an older csn.
   */
  readonly simultaneous: Interval | null;
  /**
   * With how many seeds four in five comparisons would show a difference of this size alone; null
   * where no number would, because other images weigh too much, or one seed says nothing of others.
   */
  readonly seedsToShow: number | null;
}

/** A difference of one notion's errors. */
export interface NotionDifference {
  /** The notion. */
  readonly name: string;
  /** The difference. */
  readonly error: DifferenceEstimate;
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
