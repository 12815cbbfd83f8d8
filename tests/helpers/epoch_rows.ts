import type { EpochMetrics } from "../../src/training/metrics.ts";

/** Metrics of epochs 1 to `count` with two notions; numbers that differ everywhere, masks every 10th. */
export function epochRows(count: number): EpochMetrics[] {
  return Array.from({ length: count }, (_, i) => epochRow(i + 1));
}

function epochRow(epoch: number): EpochMetrics {
  const notion = (name: string, shift: number) => ({
    name,
    triplets: 10,
    accuracy: 0.5 + shift + epoch / 100,
    loss: 0.2 - epoch / 1000,
  });
  return {
    epoch,
    step: 10 * epoch,
    learningRate: 0.1 * 0.985 ** epoch,
    train: {
      images: 3 * 128,
      loss: 0.3 / epoch,
      accuracy: 0.6 + epoch / 100,
      embeddingNorm: 4 / epoch,
      maskNorm: 60 / epoch,
      notions: [notion("shape", 0.01), notion("colour", 0.02)],
    },
    validation: {
      loss: 0.4 / epoch,
      accuracy: 0.55 + epoch / 100,
      triplets: 20,
      notions: [notion("shape", 0.03), notion("colour", 0.04)],
    },
    ...(epoch % 10 === 0 ? { masks: [[1, 0.5, 0], [0, 0.25, epoch]] } : {}),
    best: true,
    seconds: 1,
    tripletsPerSecond: 20,
    threads: 2,
  };
}
