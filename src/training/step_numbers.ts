/** A step of several processes as numbers, which are added up over them. */
import type { TrainConfig } from "../model/config.ts";
import type { EpochSums } from "../model/trainer_state.ts";
import type { LossNumbers } from "../network/triplet_loss.ts";
import type { Batch } from "./batches/batches.ts";
import { addBatch, emptySums } from "./epoch_sums.ts";

/** What a process wants of all of them after a step. */
export interface Wishes {
  /** To stop. */
  readonly stop: boolean;
  /** To save. */
  readonly save: boolean;
}

/** What all processes know of a step. */
export interface SharedStep {
  /** The losses, averaged by their shares. */
  readonly loss: Pick<LossNumbers, "loss" | "triplet" | "embeddingNorm" | "maskNorm">;
  /** What the step adds to its epoch, over all processes. */
  readonly sums: EpochSums;
  /** Whether any process wants it. */
  readonly wishes: Wishes;
}

/** Whose numbers they are. */
type Setting = Pick<TrainConfig, "notions" | "margin">;

/**
 * One process's part of a step; the sums of all processes' numbers are read by `readStep`. They are
 * as many for every step of a run, and the first is not finite where a loss is not.
 */
export function stepNumbers(
  { notions, margin }: Setting,
  batch: Batch,
  numbers: LossNumbers,
  { stop, save }: Wishes,
): number[] {
  const { share = 1 } = batch;
  const sums = emptySums(notions.length);
  if (share > 0) addBatch(sums, numbers, batch, margin);
  const { loss, triplet, embeddingNorm, maskNorm } = numbers;
  return [
    ...[loss, triplet, embeddingNorm, maskNorm].map((each) => share * each),
    ...[Number(stop), Number(save)],
    ...[sums.images, sums.triplets, sums.loss, sums.correct],
    ...sums.notions.flatMap(({ triplets, correct, loss }) => [triplets, correct, loss]),
  ];
}

/** Reads the sums over all processes of what `stepNumbers` gives. */
export function readStep({ notions }: Setting, numbers: ArrayLike<number>): SharedStep {
  const [loss, triplet, embeddingNorm, maskNorm, stop, save, ...rest] = Array.from(numbers);
  const [images, triplets, lossSum, correct, ...each] = rest;
  return {
    loss: { loss, triplet, embeddingNorm, maskNorm },
    wishes: { stop: stop > 0, save: save > 0 },
    sums: {
      ...emptySums(notions.length),
      ...{ batches: 1, images, triplets, loss: lossSum, correct, embeddingNorm, maskNorm },
      notions: notions.map((_, row) => {
        const [triplets, correct, loss] = each.slice(3 * row);
        return { triplets, correct, loss };
      }),
    },
  };
}

/** How many numbers a step has. */
export function stepLength({ notions }: Setting): number {
  return 10 + 3 * notions.length;
}
