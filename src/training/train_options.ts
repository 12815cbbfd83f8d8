import type { Listener } from "../base/listener.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import type { RunSettings, Sampler, TrainConfig } from "../model/config.ts";
import type { ModelFile } from "../model/model_file.ts";
import type { Precision } from "../network/placement.ts";
import type { TrainEvent } from "./train_event.ts";

/**
 * What a run computes, all of it optional: what is left out is as in `defaultConfig`, and `notions`
 * are then all of the set. `device` may also be "auto" or "cuda"; `pretrained` is "imagenet" by
 * default for Zappos50k.
 */
export interface TrainSettings extends
  Partial<
    Omit<TrainConfig, "name" | "data" | "precision" | "sampler" | "exclude">
  > {
  /**
   * In what numbers the backbone computes: "auto" is bf16 on CUDA, float32 on the CPU. @default
   * {"auto"}
   */
  readonly precision?: "auto" | Precision;
  /**
   * How batches are made; "dense" is by the images' values, or by lists where there are none.
   * @default {"triplets"}
   */
  readonly sampler?: Sampler | "dense";
  /**
   * A list of checked triplets (JSON lines, see `readCheckedTriplets` of `csn/sets`): those that it
   * calls wrong are left out of the training lists. The run goes by what the file holds when it
   * begins. @default {none}
   */
  readonly exclude?: string;
}

/** What a new run and one that goes on have in common. */
export interface RunOptions extends TrainSettings, Partial<RunSettings> {
  /** The run's name. @default {the last part of `out`} */
  readonly name?: string;
  /** Whether a run that is in `out` already is replaced. @default {false} */
  readonly overwrite?: boolean;
  /** Folder for packs; see `preparePack`. */
  readonly packDir?: string;
  /** Hears of the data being made ready, and of embedding. */
  readonly listener?: Listener;
  /** Hears of what happens in the run. */
  readonly onEvent?: (event: TrainEvent) => void;
  /** Aborted: the step that runs is finished, a checkpoint saved, and training returns. */
  readonly signal?: AbortSignal;
  /**
   * Processes that train together, each of which calls `train` with the same options but for
   * `device`. Rank 0 alone writes the run and is heard of; a signal that is aborted on any rank ends
   * all. After a restart by the launcher, the run goes on from the checkpoint in `out` that the
   * processes before saved there. @default {this process alone}
   */
  readonly group?: ProcessGroup;
}

/** A new run. */
export interface NewRun extends RunOptions {
  /** Folder of the image set. */
  readonly data: string;
  /** Folder that the run is written to. */
  readonly out: string;
  /** A new run goes on from nothing. */
  readonly resume?: undefined;
}

/**
 * A run that goes on. Settings that are given must be those of the run, but for epochs and device.
 */
export interface ResumedRun extends RunOptions {
  /**
   * The checkpoint to go on from: its path, with or without its ending, or the file as it was read.
   */
  readonly resume: string | ModelFile;
  /** Folder of the image set. */
  readonly data?: string;
  /** Another folder in which a copy of the run goes on. @default {the folder of the checkpoint} */
  readonly out?: string;
}

/** What is trained, and where it is written. */
export type TrainOptions = NewRun | ResumedRun;
