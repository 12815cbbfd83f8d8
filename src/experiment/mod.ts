/**
 * The door to experiments: many runs alike, one claim with its intervals.
 *
 * @module
 */
export { compare, type CompareOptions } from "./compare.ts";
export { sweep, type SweepOptions } from "./sweep.ts";
export type { ExperimentEvent, ExperimentOptions } from "./run_cells.ts";
export type { Cell, CommonConfig } from "./cell.ts";
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
