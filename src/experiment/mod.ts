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
export type { ExperimentEvent } from "./run_cells.ts";
export type { Cell } from "./cell.ts";
export type { CellScores } from "./score_cell.ts";
export type {
  ComparedVariant,
  Comparison,
  NotionEstimate,
  SeedDifference,
  SeedIntervals,
  SeedResult,
  VariantDifference,
} from "./comparison.ts";
export type { Sweep, SweepPoint } from "./sweep_points.ts";

// Intervals
export type { Estimate } from "../statistics/estimate.ts";
export {
  type BootstrapOptions,
  clusteredStandardError,
  estimateMeans,
  type TripletSample,
} from "../statistics/cluster_bootstrap.ts";
export { SharedImages } from "../statistics/shared_images.ts";
