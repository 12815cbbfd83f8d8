/** Data of a report that nothing was measured for. */
import type { ModelAnalysis } from "../../src/analysis/model_analysis.ts";
import type { Picture, ReportData } from "../../src/report/report_data.ts";
import type { NotionCalibration } from "../../src/search/calibration.ts";
import type { MeanEstimate } from "../../src/statistics/estimate_mean.ts";
import { epochRows } from "./epoch_rows.ts";

/** A PNG of one pixel. */
const png = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  ),
  (character) => character.charCodeAt(0),
);

/** A report of two notions, `text` wherever the data may hold any text. */
export function reportData(text: string): ReportData {
  const about = (value: number): MeanEstimate => ({
    ...{ value, low: value - 0.1, high: value + 0.1 },
    ...{ images: 0.05, runs: null },
  });
  const picture = (name: string): Picture => ({ name, alt: text, width: 1, height: 1, png });
  const notions = ["shape", "colour"];
  const analysis: ModelAnalysis = {
    format: 1,
    model: {
      ...{ name: text, path: text, variant: "learned", notions, dimension: 3, imageSize: 16 },
      ...{ epoch: 1, seed: 1, data: text },
    },
    split: "test",
    images: 1234,
    seenImages: null,
    triplets: [10, 20],
    accuracy: {
      ...{ all: about(0.8), notions: [about(0.9), about(0.7)] },
      units: { kind: "images", count: 40 },
    },
    leakage: {
      columns: [...notions, "no mask"],
      error: [[0.1, 0.5, 0.3], [0.4, 0.2, 0.25]],
      intervals: [0, 1].map(() => [0, 1, 2].map(() => ({ low: 0.01, high: 0.6 }))),
      baseline: [[0, 0.45], [null, 0]],
      excess: [
        [null, { value: 0.05, low: 0.01, high: 0.09 }],
        [{ value: 0.02, low: -0.01, high: 0.05 }, null],
      ],
    },
    overlap: { cosine: [[1, 0.5], [0.5, 1]], jaccard: [[1, null], [null, 1]] },
    masks: [[1, 0.5, 0], [0, 0.25, 0]],
    dimensions: { active: [2, 1], unused: 1, removal: [[0.1, -0.05, 0], [0, 0.2, 0]] },
    ordinal: [{ notion: "shape", spearman: -0.25, interval: null, pairs: 100 }],
    retrieval: [{
      ...{ notion: "shape", recallAt1: 0.5, recallAt10: 0.75, meanAveragePrecision: 0.4 },
      ...{ queries: 9, withoutRelevant: 0, gallery: 8 },
      intervals: {
        recallAt1: { low: 0.25, high: 0.755 },
        recallAt10: { low: 0.5, high: 0.9 },
        meanAveragePrecision: null,
      },
      chance: { recallAt1: 0.1, recallAt10: 0.2, meanAveragePrecision: 0.15 },
    }],
    probe: [{
      ...{ column: text, classes: 2, accuracy: 0.9, majority: 0.6, train: 10, test: 5, unseen: 0 },
      interval: { low: 0.6, high: 0.98 },
    }],
  };
  return {
    analysis,
    settings: [[text, text]],
    drawn: { command: text, seed: 5, set: text, csn: "0" },
    metrics: epochRows(3),
    maps: notions.map((notion, row) => ({
      ...{ notion, images: 20, side: 4, shown: 12, dimensions: 2 },
      picture: picture(`map-${row}`),
    })),
    queries: [{
      file: text,
      notions: notions.map((notion, row) => ({
        ...{ notion, value: text, picture: picture(`neighbours-${row}`) },
        neighbours: [{ file: text, value: text, isAlike: row === 0, distance: 0.5 }],
      })),
    }],
    hardest: [{
      ...{ notion: "shape", wrong: 1, triplets: 10 },
      shown: [{
        files: [text, text, text],
        values: [text, text, text],
        wrongBy: 0.25,
        picture: picture("wrong-0"),
      }],
    }],
    calibration: { set: text, split: "val", seed: 5, notions: notions.map(calibrationOf) },
  };
}

function calibrationOf(notion: string, row: number): NotionCalibration {
  const estimate = { value: 0.7, low: 0.6, high: 0.8 };
  const bins = [
    { low: 0.5, high: 0.55, count: 10, predicted: 0.52, observed: estimate },
    { low: 0.95, high: 1, count: 30, predicted: 0.98, observed: { value: 1, low: 0.9, high: 1 } },
  ];
  const fitted = {
    measure: "distance" as const,
    logLikelihood: { distance: -0.3, square: -0.4 },
    reliability: { bins, error: { value: 0.05, low: 0.02, high: 0.08 } },
  };
  return {
    notion,
    nearer: { ...fitted, slope: 2, triplets: 40 },
    same: row === 0 ? { ...fitted, slope: -2, intercept: 1, pairs: 40 } : null,
  };
}
