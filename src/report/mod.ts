/**
 * The door to what a model learned: measured, as plain JSON, and drawn as a page.
 *
 * @module
 */
export { makeReport, type Report, type ReportOptions } from "./make_report.ts";

// Measure
export { analyseModel, type AnalyseOptions, analyseSplit } from "../analysis/analyse_model.ts";
export { type EmbeddedSplit, embedSplit } from "../analysis/embedded_split.ts";
export type { ProbeTable } from "../analysis/probe_column.ts";
export type {
  AnalysedModel,
  DimensionUse,
  Leakage,
  LinearProbe,
  MaskOverlap,
  ModelAnalysis,
  OrdinalFit,
  Retrieval,
  RetrievalScores,
} from "../analysis/model_analysis.ts";
