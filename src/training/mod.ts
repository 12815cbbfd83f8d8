/**
 * The door to training: `train` as the command does, its events, and what it leaves in a run's
 * folder.
 *
 * @example Train on an image set
 * ```ts
 * import { start } from "@csn/csn";
 * import { train } from "@csn/csn/train";
 *
 * await start();
 * const { folder } = await train({ data: "data/mine", out: "runs/first", epochs: 1, imageSize: 16 });
 * console.log(`the best model is ${folder}/model_best`);
 * ```
 *
 * @module
 */
export { train } from "./train.ts";
export { trainEvents } from "./train_events.ts";
export type {
  NewRun,
  ResumedRun,
  RunOptions,
  TrainOptions,
  TrainSettings,
} from "./train_options.ts";
export type { TrainResult } from "./run_training.ts";
export type { TrainEvent } from "./train_event.ts";

// Settings
export {
  defaultConfig,
  defaultSettings,
  learningRateOf,
  type RunSettings,
  type Sampler,
  type TrainConfig,
} from "../model/config.ts";

// Several processes
export {
  ProcessGroup,
  type ProcessGroupOptions,
  type SummedBackwardOptions,
} from "../distributed/process_group.ts";
export { GroupError } from "../distributed/group_error.ts";
export type { FileStore, Launcher, Place, TcpStore } from "../distributed/place.ts";
export { readPlace } from "../distributed/read_place.ts";
export type { Environment } from "../distributed/place_variables.ts";

// What a run leaves
export { readMetrics } from "./run_log.ts";
export { type EpochMasks, readMasks } from "./mask_log.ts";
export type { EpochMetrics, NotionScore } from "./metrics.ts";
export type { EpochSums, TrainerState } from "../model/trainer_state.ts";

// Batches for a loop of one's own
export {
  type Batch,
  type BatchSource,
  EpochBatches,
  type EpochOptions,
} from "./batches/batches.ts";
