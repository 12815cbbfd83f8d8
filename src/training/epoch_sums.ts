import type { Batch } from "./batches/batches.ts";
import type { TrainConfig } from "../model/config.ts";
import type { EpochSums, TrainerState } from "../model/trainer_state.ts";
import type { LossNumbers } from "../network/triplet_loss.ts";
import type { EpochMetrics, NotionScore } from "./metrics.ts";

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

/** Adds a batch that several processes computed: `added` is what it adds, over all of them. */
export function addShared(sums: EpochSums, added: EpochSums): void {
  for (const name of sumNames) sums[name] += added[name];
  for (const [row, notion] of sums.notions.entries()) {
    const { triplets, correct, loss } = added.notions[row];
    notion.triplets += triplets;
    notion.correct += correct;
    notion.loss += loss;
  }
}

/** What a step adds to. */
const sumNames = [
  "batches",
  "images",
  "triplets",
  "loss",
  "correct",
  "embeddingNorm",
  "maskNorm",
] as const;

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

/** Where a run stands that begins with the triplets of this digest, or goes on from `before`. */
export function beginState(
  { startEpoch, notions }: TrainConfig,
  digest: string,
  before?: TrainerState,
): TrainerState {
  const state = structuredClone(before) ?? {
    epoch: startEpoch,
    steps: 0,
    bestAccuracy: -1,
    bestEpoch: 0,
    triplets: digest,
    sums: emptySums(notions.length),
  };
  // A checkpoint may be older than this count: then all its batches were three images a triplet.
  state.sums.images ??= 3 * state.sums.triplets;
  state.sums.skipped ??= 0;
  return state;
}
