/**
 * The door to what a model learned: measured, as plain JSON, and drawn as a page.
 *
 * @example Write a page on what a model learned
 * ```ts
 * import { readModelFile, start } from "@csn/csn";
 * import { makeReport } from "@csn/csn/report";
 *
 * await start();
 * const { page } = await makeReport(await readModelFile("runs/mine/model_best"));
 * console.log(`open ${page} in a browser`);
 * ```
 *
 * @module
 */
export { makeReport, type Report, type ReportOptions } from "./make_report.ts";

// Calibrate
export { calibrateModel, type CalibrateOptions } from "../analysis/calibrate_model.ts";
export { storeCalibration } from "../analysis/store_calibration.ts";

// Measure
export { analyseModel, type AnalyseOptions, analyseSplit } from "../analysis/analyse_model.ts";
export {
  type EmbeddedSplit,
  embedSplit,
  type EmbedSplitOptions,
} from "../analysis/embedded_split.ts";
export type { ProbeTable } from "../analysis/probe_column.ts";
export type { Accuracy } from "../analysis/split_accuracy.ts";

export type {
  AnalysedModel,
  DimensionUse,
  Leakage,
  LinearProbe,
  MaskOverlap,
  ModelAnalysis,
  OrdinalFit,
  Retrieval,
  RetrievalIntervals,
  RetrievalScores,
} from "../analysis/model_analysis.ts";
