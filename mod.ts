/**
 * Conditional Similarity Networks (Veit, Belongie, Karaletsos, CVPR 2017): embed an image once,
 * compare it by notion.
 *
 * @example Find the images that are nearest by a notion
 * ```ts no-eval
 * import { Model, start } from "csn";
 *
 * await start();
 * using model = await Model.load("runs/demo/model_best");
 * const images = await model.embed(["a.png", "b.png", "c.png"]);
 * console.log(model.nearest(images.at(0), "weight", 2, images));
 * ```
 *
 * @module
 */
export { CsnError, UsageError } from "./src/base/errors.ts";
export type { Listener, Progress } from "./src/base/listener.ts";
export type { Normalisation } from "./src/network/normalisation.ts";
export { version } from "./src/base/version.ts";

// libtorch
export { start, type StartOptions } from "./src/native/start.ts";
export type { NativeParts, SetUpOptions } from "./src/native/setup.ts";
export type { Libtorch } from "./src/native/libtorch.ts";
export { liveBytes, liveTensors, setThreads, threads } from "./src/native/library.ts";

// Models in use
export { type EmbedOptions, type ImageSource, Model } from "./src/model/model.ts";
export { EmbeddingSet, type Neighbour } from "./src/model/embedding_set.ts";
export { embedFolder, type FolderOptions } from "./src/model/folder_embeddings.ts";
export { writeEmbeddings, type WriteEmbeddingsOptions } from "./src/model/embedding_file.ts";

// Training and evaluation
export { train } from "./src/training/train.ts";
export { trainEvents } from "./src/training/train_events.ts";
export type { TrainResult } from "./src/training/run_training.ts";
export type { TrainEvent } from "./src/training/train_event.ts";
export type {
  NewRun,
  ResumedRun,
  RunOptions,
  TrainOptions,
  TrainSettings,
} from "./src/training/train_options.ts";
export {
  defaultConfig,
  defaultSettings,
  learningRateOf,
  type RunSettings,
  type Sampler,
  type TrainConfig,
} from "./src/model/config.ts";
export { choosePlacement, type PlacementWish } from "./src/model/choose_placement.ts";
export type { Placement, Precision } from "./src/network/placement.ts";
export { type RunDescription, RunFolder } from "./src/training/run_folder.ts";
export { type ModelEvaluation, testModel, type TestOptions } from "./src/model/evaluate_model.ts";
export type { SeenCounts, SeenImages } from "./src/model/seen_counts.ts";
export type { LearnedImages } from "./src/model/learned_images.ts";
export { findSuspects, type Suspect, type SuspectOptions } from "./src/model/suspects.ts";
export { readSetValues, type SetValues } from "./src/sets/set_values.ts";
export type { Evaluation, NotionEvaluation } from "./src/model/evaluate.ts";
export {
  type ModelDescription,
  type ModelFile,
  type ModelInfo,
  readModelFile,
  writeModelFile,
} from "./src/model/model_file.ts";
export type { EpochSums, TrainerState } from "./src/model/trainer_state.ts";
export type { LossNumbers } from "./src/network/triplet_loss.ts";
export { type Variant, variants } from "./src/network/variant.ts";
export { Network } from "./src/network/network.ts";
export { initialTensors, type NetworkShape } from "./src/network/initialise.ts";
export type { EpochMetrics, NotionScore } from "./src/training/metrics.ts";

// Experiments
export { compare, type CompareOptions } from "./src/experiment/compare.ts";
export { sweep, type SweepOptions } from "./src/experiment/sweep.ts";
export type { ExperimentEvent, ExperimentOptions } from "./src/experiment/run_cells.ts";
export type { Cell, CommonConfig } from "./src/experiment/cell.ts";
export type { CellScores } from "./src/experiment/score_cell.ts";
export type {
  ComparedVariant,
  Comparison,
  NotionEstimate,
  SeedDifference,
  SeedIntervals,
  SeedResult,
  VariantDifference,
} from "./src/experiment/comparison.ts";
export type { Sweep, SweepPoint } from "./src/experiment/sweep_points.ts";
export type { Estimate } from "./src/statistics/estimate.ts";
export {
  type BootstrapOptions,
  clusteredStandardError,
  estimateMeans,
  type TripletSample,
} from "./src/statistics/cluster_bootstrap.ts";
export { SharedImages } from "./src/statistics/shared_images.ts";

// Analysis
export { analyseModel, type AnalyseOptions, analyseSplit } from "./src/analysis/analyse_model.ts";
export { type EmbeddedSplit, embedSplit } from "./src/analysis/embedded_split.ts";
export { makeReport, type Report, type ReportOptions } from "./src/report/make_report.ts";
export type { ProbeTable } from "./src/analysis/probe_column.ts";
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
} from "./src/analysis/model_analysis.ts";

// Image sets
export { type Fit, parseFit } from "./src/images/fit.ts";
export { type ImageSet, openImageSet, type Split, splits } from "./src/sets/image_set.ts";
export { readTripletList, tripletListPath, writeTripletList } from "./src/sets/triplet_list.ts";
export {
  loadTriplets,
  type NotionTriplets,
  type TripletOptions,
  type Triplets,
} from "./src/sets/triplets.ts";
export { makeTriplets, type MakeTripletsOptions } from "./src/sets/make/make_triplets.ts";
export type { SetPlan, TripletCounts } from "./src/sets/make/set_plan.ts";
export type {
  Dropped,
  NotionReport,
  NotionSummary,
  SetReport,
  SetSummary,
} from "./src/sets/make/set_report.ts";
export type { Bin } from "./src/sets/make/notions/bins.ts";
export type {
  CategoricalRule,
  ColumnRule,
  MultiRule,
  NotionRule,
  NumericRule,
  OrdinalRule,
  Rule,
} from "./src/sets/make/notions/rule.ts";
export type { ValueCount } from "./src/sets/make/notions/value_count.ts";
export type { Correlation } from "./src/sets/make/notions/correlation.ts";
export type { TableOptions } from "./src/sets/make/table/table.ts";
export type { SplitShares } from "./src/sets/split_images.ts";
export {
  type Attribute,
  type CategoricalAttribute,
  type MultiAttribute,
  type OrderedAttribute,
  type OrdinalAttribute,
  type Sampling,
} from "./src/sets/attribute.ts";
export { drawTriplets, type DrawTripletsOptions } from "./src/sets/make/draw_triplets.ts";
export {
  type AuditOptions,
  type AuditReport,
  auditSet,
  type Finding,
  type ListReport,
} from "./src/sets/audit/audit_set.ts";
export {
  type Pack,
  type PackOptions,
  preparePack,
  type UnreadableImage,
} from "./src/sets/pack/pack.ts";
export { decodeImage } from "./src/images/decode_image.ts";

// visdom
export { VisdomClient, type VisdomClientOptions } from "./src/visdom/visdom_client.ts";
export { VisdomReporter, type VisdomReporterOptions } from "./src/visdom/visdom_reporter.ts";
export type { VisdomPost, VisdomRun } from "./src/visdom/visdom_windows.ts";

// Tensors
export { Tensor } from "./src/tensor/tensor.ts";
export type { DType, TensorData } from "./src/tensor/dtype.ts";
export type { OtherArray, TensorElements } from "./src/tensor/elements.ts";
export { heldTensors, noGrad, scope, type Synchronous } from "./src/tensor/scope.ts";
export {
  type Argument,
  call,
  callAll,
  callAllAsync,
  callAsync,
  type FloatScalar,
} from "./src/tensor/call.ts";
export {
  add,
  clampMin,
  clone,
  concatenate,
  copyInto,
  detach,
  divide,
  greater,
  indexSelect,
  mapFile,
  matmul,
  mean,
  multiply,
  narrow,
  norm,
  pairwiseDistance,
  relu,
  reshape,
  stack,
  subtract,
  sum,
  toDevice,
  toDType,
  topK,
  transpose,
  zeros,
  zerosLike,
} from "./src/tensor/operators.ts";
export { backward } from "./src/network/backbone.ts";
export {
  readSafetensors,
  type StoredTensor,
  type StoredTensors,
  writeSafetensors,
} from "./src/tensor/safetensors.ts";
