/** What the reference code's training line shows. Means run over the epoch so far. */
export interface TrainLine {
  readonly epoch: number;
  /** Counted from 0. */
  readonly batch: number;
  /** Triplets in this batch. */
  readonly batchSize: number;
  /** Triplets in an epoch. */
  readonly triplets: number;
  readonly loss: number;
  readonly lossMean: number;
  /** Shares, 0 to 1. */
  readonly accuracy: number;
  readonly accuracyMean: number;
  readonly embeddingNorm: number;
  readonly embeddingNormMean: number;
}

/**
 * The reference code's training line (main.py), so that programs that read its output read ours.
 */
export function trainLine(step: TrainLine): string {
  return `Train Epoch: ${step.epoch} [${step.batch * step.batchSize}/${step.triplets}]\t` +
    `Loss: ${step.loss.toFixed(4)} (${step.lossMean.toFixed(4)}) \t` +
    `Acc: ${percentage(step.accuracy)} (${percentage(step.accuracyMean)}) \t` +
    `Emb_Norm: ${step.embeddingNorm.toFixed(2)} (${step.embeddingNormMean.toFixed(2)})`;
}

/**
 * The reference code's evaluation line, between blank lines. It says "Test set" of validation too
 * (main.py). The accuracy is a share, 0 to 1.
 */
export function evaluationLine(
  scores: { readonly loss: number; readonly accuracy: number },
): string {
  return `\nTest set: Average loss: ${scores.loss.toFixed(4)}, Accuracy: ${
    percentage(scores.accuracy)
  }\n`;
}

function percentage(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
