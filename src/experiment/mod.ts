/**
 * The door to experiments: many runs alike, one claim with its intervals.
 *
 * @example Compare the paper's networks with fixed and with learned masks
 * ```ts
 * import { start } from "@csn/csn";
 * import { compare } from "@csn/csn/experiment";
 *
 * await start();
 * const comparison = await compare({
 *   data: "data/mine",
 *   out: "runs/masks",
 *   variants: ["fixed", "learned"],
 *   seeds: [1, 2],
 *   epochs: 1,
 *   imageSize: 16,
 * });
 * for (const { variant, error } of comparison?.variants ?? []) {
 *   console.log(variant, error.value, error.low, error.high);
 * }
 * ```
 *
 * @module
 */
export { compare, type CompareOptions } from "./compare.ts";
export { sweep, type SweepOptions } from "./sweep.ts";
export type { ExperimentOptions, ExperimentSettings } from "./experiment_options.ts";
export type { ExperimentEvent } from "./run_cell.ts";
export type { Cell } from "./cell.ts";
export type { CellScores } from "./score_cell.ts";
export type {
  ComparedVariant,
  Comparison,
  DifferenceEstimate,
  NotionDifference,
  NotionEstimate,
  SeedDifference,
  SeedResult,
  VariantDifference,
} from "./comparison.ts";
export { aheadOf } from "./estimate_differences.ts";
export type { Sweep, SweepPoint } from "./sweep_points.ts";

// Intervals
export type { Estimate, Interval } from "../statistics/estimate.ts";
export type { TestUnits } from "../statistics/test_units.ts";
export {
  estimateMean,
  type MeanEstimate,
  type TripletSample,
} from "../statistics/estimate_mean.ts";
export { ImageVariance, type MeanVariance } from "../statistics/image_variance.ts";
export { SharedImages } from "../statistics/shared_images.ts";
export {
  type FamilyMember,
  type FamilyOptions,
  simultaneousFactor,
} from "../statistics/simultaneous.ts";
