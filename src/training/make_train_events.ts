import type { TrainConfig } from "../model/config.ts";
import type { TrainerState } from "../model/trainer_state.ts";
import type { LossNumbers } from "../network/triplet_loss.ts";
import { trainMetrics } from "./epoch_sums.ts";
import type { EpochMetrics } from "./metrics.ts";
import type { OpenedRun } from "./open_run.ts";
import type { RunPlan } from "./run_plan.ts";
import type { TrainEvent } from "./train_event.ts";

/** What a run reports when it begins or goes on. */
export function startEvent(
  { config, settings, folder }: RunPlan,
  { setting: { network }, data: { set, train, validation } }: OpenedRun,
  history: readonly EpochMetrics[],
  state: TrainerState,
): TrainEvent {
  return {
    type: "start",
    config,
    settings,
    folder: folder.path,
    parameters: [...network.parameters().values()].reduce((sum, tensor) => sum + tensor.size, 0),
    triplets: train.perNotion.map(({ name, triplets, shortfall }, row) => ({
      notion: name,
      condition: set.notions.indexOf(name),
      train: triplets,
      val: validation.perNotion[row].triplets,
      shortfall,
    })),
    history,
    state: structuredClone(state),
  };
}

/** A step that was taken, in an epoch of `batches` batches. */
export interface ReportedStep {
  readonly loss: LossNumbers;
  /** Its triplets. */
  readonly size: number;
  /** Share of its triplets in the right order. */
  readonly accuracy: number;
  readonly batches: number;
  /** Triplets of the training lists, all of which an epoch trains unless it forms its own. */
  readonly listed: number;
  /** What the last validation took; 0 before the first. */
  readonly validationSeconds: number;
}

/** What a run reports after a step, once it is added to the state. */
export function stepEvent(
  { batchSize, epochs, notions, sampler }: TrainConfig,
  { epoch, sums }: TrainerState,
  { loss, size, accuracy, batches, listed, validationSeconds }: ReportedStep,
): TrainEvent {
  const done = sums.batches + sums.skipped!;
  const secondsPerBatch = sums.seconds / sums.batches;
  const epochsAfter = epochs - epoch;
  return {
    type: "step",
    epoch,
    batch: done,
    batches,
    batchSize,
    size,
    trained: sums.triplets,
    triplets: sampler === "dense-values"
      ? Math.round(sums.triplets / sums.batches * batches)
      : listed,
    loss,
    accuracy,
    mean: trainMetrics(sums, notions),
    tripletsPerSecond: sums.triplets / sums.seconds,
    secondsLeft: secondsPerBatch * (batches - done + epochsAfter * batches) +
      validationSeconds * (epochsAfter + 1),
  };
}
