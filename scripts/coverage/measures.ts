/** How often the intervals of retrieval and of an order hold the mean over all worlds. */
import { ordinalFit } from "../../src/analysis/ordinal_fit.ts";
import { retrieval } from "../../src/analysis/retrieval.ts";
import { randomBelow, randomNormal } from "../../src/base/random.ts";
import type { Interval } from "../../src/statistics/estimate.ts";
import { MaskedVectors } from "../../src/statistics/masked_vectors.ts";
import { meanOf, varianceOf } from "../../src/statistics/mean.ts";
import { normalQuantile } from "../../src/statistics/quantiles.ts";

/** Images in a plane. */
export interface Places {
  readonly images: number;
  /** Images of a group are near each other; 1: there are no groups. */
  readonly groupSize: number;
  /**
   * Of retrieval, how far the centres of three kinds are apart; of an order, how much the values
   * say of the places. In standard deviations of an image about its place.
   */
  readonly signal: number;
}

/** What is measured of them. */
export type Measure = "R@1" | "R@10" | "mAP" | "Spearman";

/** All of them. */
export const measures: readonly Measure[] = ["R@1", "R@10", "mAP", "Spearman"];

/** What a study of a measure found. */
export interface MeasureCoverage {
  readonly measure: Measure;
  /** The mean over all worlds. */
  readonly truth: number;
  /** Share of intervals that hold it. */
  readonly coverage: number;
  /** Mean half length, as a multiple of that by the scatter over the worlds. */
  readonly length: number;
}

/** Measures as many worlds. */
export function measuresOf(places: Places, replicates: number): MeasureCoverage[] {
  const worlds = Array.from({ length: replicates }, (_, seed) => measured(places, seed + 1));
  return measures.map((measure) => {
    const found = worlds.map((each) => each[measure]);
    const truth = meanOf(found.map(({ value }) => value));
    const known = normalQuantile * Math.sqrt(varianceOf(found.map(({ value }) => value)));
    const holds = ({ interval: { low, high } }: Found) => low <= truth && truth <= high ? 1 : 0;
    const half = ({ interval: { low, high } }: Found) => (high - low) / 2;
    return {
      ...{ measure, truth, coverage: meanOf(found.map(holds)) },
      length: meanOf(found.map(half)) / known,
    };
  });
}

interface Found {
  readonly value: number;
  readonly interval: Interval;
}

function measured({ images, groupSize, signal }: Places, seed: number): Record<Measure, Found> {
  const groupOf = Array.from({ length: images }, (_, image) => Math.floor(image / groupSize));
  const kinds = groupOf.map((group) => randomBelow(seed, 1, group, 3));
  const scatter = (image: number, d: number) =>
    randomNormal(seed, 2 + d, image) +
    (groupSize > 1 ? randomNormal(seed, 4 + d, groupOf[image]) : 0);
  const ofKinds = Float32Array.from(
    { length: 2 * images },
    (_, at) => signal * randomNormal(99, at % 2, kinds[at >> 1]) + scatter(at >> 1, at % 2),
  );
  const values = groupOf.map((group, image) =>
    groupSize > 1
      ? randomNormal(seed, 6, group) + randomNormal(seed, 7, image) / 2
      : randomNormal(seed, 7, image)
  );
  const ofOrder = Float32Array.from(values, (value, image) => signal * value + scatter(image, 0));
  const rows = Uint32Array.from(groupOf.keys());
  const groups = groupSize > 1 ? groupOf : undefined;
  const random = { seed, stream: 0 };
  const ranked = retrieval(
    new MaskedVectors(ofKinds, [1, 1]),
    rows,
    { kind: "categorical", values: kinds.map(String) },
    random,
    groups,
  )!;
  const order = ordinalFit(
    new MaskedVectors(ofOrder, [1]),
    rows,
    { kind: "ordinal", values, alike: 0, unlike: 1 },
    random,
    groups,
  );
  const { recallAt1, recallAt10, meanAveragePrecision, intervals } = ranked;
  return {
    "R@1": { value: recallAt1, interval: intervals.recallAt1! },
    "R@10": { value: recallAt10, interval: intervals.recallAt10! },
    mAP: { value: meanAveragePrecision, interval: intervals.meanAveragePrecision! },
    Spearman: { value: order.spearman!, interval: order.interval! },
  };
}
