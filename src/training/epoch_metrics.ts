import { learningRateOf, type TrainConfig } from "../model/config.ts";
import type { Evaluation } from "../model/evaluate.ts";
import type { TrainerState } from "../model/trainer_state.ts";
import { threads } from "../native/library.ts";
import { trainMetrics } from "./epoch_sums.ts";
import type { MaskUse } from "./mask_watch.ts";
import type { EpochMetrics } from "./metrics.ts";

/**
 * The metrics of an epoch that was trained and validated; `masks` is what its masks have become.
 */
export function epochMetrics(
  config: TrainConfig,
  { epoch, steps, sums, bestAccuracy }: TrainerState,
  { loss, accuracy, triplets, notions, seconds }: Evaluation,
  masks: MaskUse & Pick<EpochMetrics, "masks">,
): EpochMetrics {
  return {
    epoch,
    step: steps,
    learningRate: learningRateOf(config, epoch),
    train: trainMetrics(sums, config.notions),
    validation: {
      loss,
      accuracy,
      triplets,
      notions: notions.map(({ name, triplets, accuracy, loss }) => ({
        name,
        triplets,
        accuracy,
        loss,
      })),
    },
    ...masks,
    best: accuracy > bestAccuracy,
    seconds: sums.seconds + seconds,
    tripletsPerSecond: sums.triplets / sums.seconds,
    threads: threads(),
  };
}
