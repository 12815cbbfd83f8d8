import type { MeanEstimate } from "../statistics/estimate_mean.ts";
import type { TestUnits } from "../statistics/test_units.ts";
import type { Variant } from "../network/variant.ts";

/**
 * Error against the number of training triplets (the paper's Figure 9): what `sweep.json` holds.
 */
export interface Sweep {
  /**
   * Version of this description. In version 1 intervals were of these very networks on other
   * images.
   */
  readonly format: 1 | 2;
  /** Name of the image set. */
  readonly data: string;
  /** Its notions. */
  readonly notions: readonly string[];
  /** What other test data would have others of. */
  readonly units: TestUnits;
  /** Epochs of each run. */
  readonly epochs: number;
  /** Seeds of the runs; each point has all of them. */
  readonly seeds: readonly number[];
  /** The command that makes it. */
  readonly command: string;
  /** By variant, then by number of triplets. */
  readonly points: readonly SweepPoint[];
}

/** One variant with one number of training triplets. */
export interface SweepPoint {
  /** Which variant. */
  readonly variant: Variant;
  /** Training triplets of each notion. */
  readonly triplets: number;
  /** Share of test triplets in the wrong order, 0 to 1: the mean over the seeds. */
  readonly error: MeanEstimate;
  /** Each run. */
  readonly seeds: readonly { readonly seed: number; readonly error: number }[];
}
