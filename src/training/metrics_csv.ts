import { csvLine } from "../files/csv_line.ts";
import type { EpochMetrics } from "./metrics.ts";

/** The header of metrics.csv, line end included, for the notions of `metrics`. */
export function csvHeader(metrics: EpochMetrics): string {
  return csvLine(columns(metrics).map(([name]) => name));
}

/**
 * An epoch's row of metrics.csv, line end included. A number that is not finite is an empty cell.
 */
export function csvRow(metrics: EpochMetrics): string {
  return csvLine(columns(metrics).map(([, value]) => cell(value)));
}

function columns(metrics: EpochMetrics): [name: string, value: number | boolean][] {
  const { train, validation } = metrics;
  return [
    ["step", metrics.step],
    ["epoch", metrics.epoch],
    ["learning_rate", metrics.learningRate],
    ["train_loss", train.loss],
    ["train_accuracy", train.accuracy],
    ["embedding_norm", train.embeddingNorm],
    ["mask_norm", train.maskNorm],
    ["val_loss", validation.loss],
    ["val_accuracy", validation.accuracy],
    ...train.notions.map((
      { name, accuracy },
    ): [string, number] => [`train_accuracy_${name}`, accuracy]),
    ...validation.notions.map((
      { name, accuracy },
    ): [string, number] => [`val_accuracy_${name}`, accuracy]),
    ["best", metrics.best],
    ["seconds", metrics.seconds],
    ["triplets_per_second", metrics.tripletsPerSecond],
    ["threads", metrics.threads],
    ["images", train.images],
  ];
}

function cell(value: number | boolean): string {
  return typeof value === "number" && !Number.isFinite(value) ? "" : String(value);
}
