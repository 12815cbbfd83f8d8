import type { Batch } from "../training/batches/batches.ts";
import type { EpochMetrics, NotionScore } from "../training/metrics.ts";
import type { LossNumbers } from "../network/triplet_loss.ts";

/** Sums over the batches of an epoch so far. */
export interface EpochSums {
  /** Batches trained. */
  batches: number;
  /** Batches passed over, because they hold no triplet; a checkpoint of an older csn does not say. */
  skipped?: number;
  /** Batches that the epoch is cut into, once it began; a checkpoint of an older csn does not say. */
  cut?: number;
  /** Triplets in them. */
  triplets: number;
  /** Images embedded for them. */
  images: number;
  /** Triplet losses times their batch sizes. */
  loss: number;
  /** Triplets in the right order. */
  correct: number;
  /** Sums of the batches' norms, not weighted, as in the reference code. */
  embeddingNorm: number;
  /** The same of the mask norms. */
  maskNorm: number;
  /** Seconds spent in training steps. */
  seconds: number;
  /** The same for each notion, in the order of the masks. */
  notions: { triplets: number; correct: number; loss: number }[];
}

/** Where training stands: what a checkpoint must know besides tensors. */
export interface TrainerState {
  /** The epoch that is being trained, from 1. */
  epoch: number;
  /** Optimiser steps since the run began. */
  steps: number;
  /** Best validation accuracy so far; -1 before the first. */
  bestAccuracy: number;
  /** The epoch that reached it; 0 before the first. */
  bestEpoch: number;
  /** SHA-256 of the triplets that the run learns from. */
  triplets: string;
  /** What the epoch has added up so far. */
  sums: EpochSums;
}

/** Sums of an epoch that begins. */
export function emptySums(notions: number): EpochSums {
  return {
    batches: 0,
    skipped: 0,
    triplets: 0,
    images: 0,
    loss: 0,
    correct: 0,
    embeddingNorm: 0,
    maskNorm: 0,
    seconds: 0,
    notions: Array.from({ length: notions }, () => ({ triplets: 0, correct: 0, loss: 0 })),
  };
}

/** Adds a batch's loss. A tie counts as wrong. */
export function addBatch(
  sums: EpochSums,
  numbers: LossNumbers,
  { notion: rows, images }: Pick<Batch, "notion" | "images">,
  margin: number,
): void {
  sums.batches += 1;
  sums.images += images.length;
  sums.triplets += rows.length;
  sums.loss += numbers.triplet * rows.length;
  sums.embeddingNorm += numbers.embeddingNorm;
  sums.maskNorm += numbers.maskNorm;
  rows.forEach((row, i) => {
    const notion = sums.notions[row];
    const correct = numbers.far[i] > numbers.near[i] ? 1 : 0;
    sums.correct += correct;
    notion.triplets += 1;
    notion.correct += correct;
    notion.loss += Math.max(0, numbers.near[i] - numbers.far[i] + margin);
  });
}

/** The training part of an epoch's metrics. */
export function trainMetrics(sums: EpochSums, names: readonly string[]): EpochMetrics["train"] {
  return {
    images: sums.images,
    loss: sums.loss / sums.triplets,
    accuracy: sums.correct / sums.triplets,
    embeddingNorm: sums.embeddingNorm / sums.batches,
    maskNorm: sums.maskNorm / sums.batches,
    notions: sums.notions.map((notion, row) => score(names[row], notion)),
  };
}

function score(
  name: string,
  { triplets, correct, loss }: EpochSums["notions"][number],
): NotionScore {
  return { name, triplets, accuracy: correct / triplets, loss: loss / triplets };
}
