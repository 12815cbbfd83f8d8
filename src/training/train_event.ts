import type { Evaluation } from "../model/evaluate.ts";
import type { RunSettings, TrainConfig } from "../model/config.ts";
import type { TrainerState } from "../model/trainer_state.ts";
import type { LossNumbers } from "../network/triplet_loss.ts";
import type { EpochMetrics } from "./metrics.ts";

/**
 * What happens while a run trains, in this order: start, then steps, saves and epochs, then end.
 */
export type TrainEvent =
  | {
    readonly type: "start";
    /** What is computed. */
    readonly config: TrainConfig;
    /** How it is carried on. */
    readonly settings: RunSettings;
    /** Where it is written. */
    readonly folder: string;
    /** Numbers that training changes, masks included. */
    readonly parameters: number;
    /** Triplets of each notion, and how many its list lacks for its share. */
    readonly triplets: readonly {
      readonly notion: string;
      /** Its number in the image set. */
      readonly condition: number;
      readonly train: number;
      readonly val: number;
      readonly shortfall: number;
    }[];
    /** Epochs that are done already, of a run that goes on. */
    readonly history: readonly EpochMetrics[];
    readonly state: TrainerState;
  }
  | {
    readonly type: "step";
    readonly epoch: number;
    /** Batches done in this epoch, of `batches`. */
    readonly batch: number;
    readonly batches: number;
    readonly batchSize: number;
    /** Triplets in this batch. */
    readonly size: number;
    /** Training triplets done in this epoch. */
    readonly trained: number;
    /** Training triplets in an epoch; where they are formed in batches, about so many. */
    readonly triplets: number;
    /** Of several processes, its distances are those of the part of rank 0. */
    readonly loss: LossNumbers;
    /** Share of this batch's triplets in the right order. */
    readonly accuracy: number;
    /** Running means of the epoch. */
    readonly mean: EpochMetrics["train"];
    readonly tripletsPerSecond: number;
    /** Expected for the rest of the run; validation not counted before the first one. */
    readonly secondsLeft: number;
  }
  | { readonly type: "epoch"; readonly metrics: EpochMetrics; readonly validation: Evaluation }
  | { readonly type: "saved"; readonly path: string }
  | {
    readonly type: "end";
    /** False when the signal stopped the run before its last epoch. */
    readonly finished: boolean;
    /** Where it stands. */
    readonly state: TrainerState;
  };
