import { nameOfAll } from "../../sets/all_notions.ts";
import type { EpochMetrics } from "../../training/metrics.ts";
import { paragraph } from "../html.ts";
import { lineChart } from "../charts/line_chart.ts";
import { decimal, percent } from "../charts/numbers.ts";
import { beside } from "../figures.ts";
import { chartFigure, numbers, type Section, table } from "../page_parts.ts";
import type { ReportData } from "../report_data.ts";

/** A table of more epochs is nothing to read. */
const mostRows = 60;

/** Loss and accuracy by epoch; null for a model whose run is not there. */
export function trainingSection({ metrics }: ReportData): Section | null {
  if (metrics.length === 0) return null;
  const epochs = metrics.map(({ epoch }) => epoch);
  const best = metrics.filter(({ best }) => best).at(-1);
  const of = (value: (each: EpochMetrics) => number) => metrics.map(value);
  const loss = lineChart({
    name: "training-loss",
    alt: `Loss by epoch, in training and validation, over ${metrics.length} epochs`,
  }, {
    epochs,
    valuesAre: "triplet loss",
    format: "{value}",
    lines: [
      { name: "training", values: of(({ train }) => train.loss) },
      { name: "validation", values: of(({ validation }) => validation.loss) },
    ],
  });
  const notions = metrics[0].validation.notions.map(({ name }) => name);
  const accuracy = lineChart({
    name: "training-accuracy",
    alt: `Validation accuracy by epoch, in all and of each notion, over ${metrics.length} epochs`,
  }, {
    epochs,
    valuesAre: "validation accuracy",
    format: "{value} %",
    lines: [
      { name: nameOfAll(notions), values: of(({ validation }) => 100 * validation.accuracy) },
      ...notions.map((name, row) => ({
        name,
        values: of(({ validation }) => 100 * (validation.notions[row]?.accuracy ?? NaN)),
      })),
    ],
  });
  return {
    id: "training",
    title: "Training",
    content: [
      paragraph`The loss of training is measured while the weights change, the rest with the weights at the
end of an epoch.${best === undefined ? null : ` The best on validation was epoch ${best.epoch}.`}`,
      beside([chartFigure(loss), chartFigure(accuracy)]),
      metrics.length > mostRows ? null : numbers(epochTable(metrics, notions)),
    ],
    charts: [loss, accuracy],
    pictures: [],
  };
}

function epochTable(metrics: readonly EpochMetrics[], notions: readonly string[]) {
  return table(
    ["epoch", "training loss", "validation loss", "validation accuracy", ...notions],
    metrics.map(({ epoch, train, validation }) => [
      epoch,
      decimal(train.loss, 4),
      decimal(validation.loss, 4),
      percent(validation.accuracy),
      ...validation.notions.map(({ accuracy }) => percent(accuracy)),
    ]),
  );
}
