/**
 * Conditional Similarity Networks (Veit, Belongie, Karaletsos, CVPR 2017): embed an image once,
 * compare it by notion. This is the door to a model in use; others lead to training (`./train`),
 * image sets (`./sets`), teaching a notion (`./teach`), experiments (`./experiment`), reports
 * (`./report`), visdom (`./visdom`) and tensors (`./tensor`).
 *
 * @example Find the images that are nearest by a notion
 * ```ts
 * import { embedFolder, Model, start } from "@csn/csn";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const images = await embedFolder(model, "photos");
 * console.log(model.nearest(images.at(0), images, { notion: "colour", k: 3 }));
 * ```
 *
 * @module
 */
export { CsnError, UsageError } from "./src/base/errors.ts";
export type { Listener, Progress } from "./src/base/listener.ts";
export { version } from "./src/base/version.ts";

// libtorch
export { start, type StartOptions } from "./src/native/start.ts";
export type { NativeParts, SetUpOptions } from "./src/native/setup.ts";
export type { Libtorch } from "./src/native/libtorch.ts";
export { setThreads, threads } from "./src/native/library.ts";
export { choosePlacement, type PlacementWish } from "./src/model/choose_placement.ts";
export type { Placement, Precision } from "./src/network/placement.ts";

// A model and its embeddings
export { Model } from "./src/model/model.ts";
export type { EmbedOptions } from "./src/model/embed_sources.ts";
export type { ImageSource } from "./src/model/image_source.ts";
export { EmbeddingSet } from "./src/model/embedding_set.ts";
export { MappedEmbeddings } from "./src/model/mapped_embeddings.ts";
export type { Embeddings } from "./src/search/embeddings.ts";
export type { EmbeddingRows, RowBlock, Searched } from "./src/search/embedding_rows.ts";
export { embedFolder } from "./src/model/folder_embeddings.ts";
export type { FolderOptions } from "./src/model/keep_embeddings.ts";
export { embedSet } from "./src/model/set_embeddings.ts";
export { embedSetFolder } from "./src/model/searched_set.ts";
export type { NumberedOptions } from "./src/model/numbered_embeddings.ts";
export {
  readEmbeddings,
  writeEmbeddings,
  type WriteEmbeddingsOptions,
} from "./src/model/embedding_file.ts";
export type { StoredEmbeddings, StoredNumbers } from "./src/model/stored_embeddings.ts";
export { decodeImage, type DecodeOptions } from "./src/images/decode_image.ts";
export { type Fit, parseFit } from "./src/images/fit.ts";
export type { Normalisation } from "./src/network/normalisation.ts";

// Search by a notion or a mixture of notions
export type {
  Combine,
  CountedNotion,
  DistanceSearch,
  NearestOptions,
  Query,
  ScoreSearch,
  SearchOptions,
  SearchResult,
} from "./src/search/search.ts";
export type {
  DimensionShare,
  ExplainedNeighbour,
  Explanation,
  Neighbour,
  ScoredNeighbour,
} from "./src/search/neighbour.ts";
export type {
  ByLikeness,
  ByMixture,
  ByNotion,
  Criterion,
  Masks,
  Weights,
} from "./src/search/mixture.ts";
export type { EmbeddingMatrix, MatrixBlock, MatrixParts } from "./src/search/embedding_matrix.ts";
export { notionScales, type Scales } from "./src/search/balance.ts";
export {
  type Calibration,
  type ChanceMeasure,
  chanceNearer,
  chanceSame,
  type FittedChance,
  type HitChances,
  type NearerCalibration,
  type NotionCalibration,
  type SameCalibration,
} from "./src/search/calibration.ts";
export type { Reliability, ReliabilityBin } from "./src/statistics/reliability.ts";
export { parseWeights } from "./src/search/parse_weights.ts";
export {
  type Condition,
  type Operator,
  parseCondition,
  type ValueColumns,
  whereOf,
} from "./src/search/where.ts";

// A model's file
export {
  type ModelDescription,
  type ModelFile,
  type ModelInfo,
  readModelFile,
  writeModelFile,
} from "./src/model/model_file.ts";
export type { TaughtNotion } from "./src/model/taught_notion.ts";
export type { LearnedImages } from "./src/model/learned_images.ts";
export { type Variant, variants } from "./src/network/variant.ts";

// A model's errors
export {
  type ModelEvaluation,
  type TestedNotion,
  testModel,
  type TestOptions,
} from "./src/model/evaluate_model.ts";
export type { Evaluation, NotionEvaluation } from "./src/model/evaluate.ts";
export type { SeenCounts, SeenImages } from "./src/model/seen_counts.ts";
export type { SeenWords } from "./src/model/seen_images.ts";
export { findSuspects, type Suspect, type SuspectOptions } from "./src/model/suspects.ts";
