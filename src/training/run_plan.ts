import type { Listener } from "../base/listener.ts";
import type { RunSettings, TrainConfig } from "../model/config.ts";
import type { ModelFile } from "../model/model_file.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import type { RunFolder } from "./run_folder.ts";
import type { TrainEvent } from "./train_event.ts";
import type { UnwrittenRun } from "./unwritten_run.ts";

/** What a run needs. */
export interface RunPlan {
  /** What is computed. */
  readonly config: TrainConfig;
  /**
   * Where the run is written; opened, so locked, by the caller. Of several processes, rank 0 alone
   * writes.
   */
  readonly folder: RunFolder | UnwrittenRun;
  /** The checkpoint to go on from; of its tensors only rank 0 needs to know. */
  readonly checkpoint?: ModelFile;
  /** How the run is carried on, stored with it; nothing that is computed depends on it. */
  readonly settings: RunSettings;
  /**
   * Steps whose losses are read together; no result depends on it. @default {1 on the CPU; as many
   * as `logInterval` on a CUDA device, which reading waits for}
   */
  readonly readEvery?: number;
  /** The processes that train together. @default {this one alone} */
  readonly group?: ProcessGroup;
  /** Folder for packs; see `preparePack`. */
  readonly packDir?: string;
  /** Receives progress of preparing the data and of embedding, and warnings. */
  readonly listener?: Listener;
  /** Called with each event of the run. */
  readonly onEvent?: (event: TrainEvent) => void;
  /** Aborted: the step that runs is finished, a checkpoint saved, and training returns. */
  readonly signal?: AbortSignal;
}
