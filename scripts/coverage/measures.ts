/** How often the intervals of retrieval and of an order hold the mean over all worlds. */
import { ordinalFit } from "../../src/analysis/ordinal_fit.ts";
import { retrieval } from "../../src/analysis/retrieval.ts";
import { randomBelow, randomNormal } from "../../src/base/random.ts";
import type { Interval } from "../../src/statistics/estimate.ts";
import { MaskedVectors } from "../../src/statistics/masked_vectors.ts";
import { fewestRanked } from "../../src/statistics/interval.ts";
import { meanOf, varianceOf } from "../../src/statistics/mean.ts";
import { normalQuantile } from "../../src/statistics/quantiles.ts";

/** Images in a plane. */
export interface Places {
  readonly images: number;
  /** Images of a group are near each other; 1: there are no groups. */
  readonly groupSize: number;
  /** What images are alike by. */
  readonly kinds: number;
  /**
   * Of retrieval, how far the centres of kinds are apart; of an order, how much the values
   * say of the places. In standard deviations of an image about its place.
   */
  readonly signal: number;
}

/** What is measured of them. */
export type Measure = "R@1" | "R@10" | "mAP" | "Spearman";

/** Those of retrieval that have an interval over so many images or groups. */
export function ofRetrieval({ images, groupSize }: Places): readonly Measure[] {
  const recalls = ["R@1", "R@10"] as const;
  return images / groupSize < fewestRanked ? recalls : [...recalls, "mAP"];
}

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
export function measuresOf(
  places: Places,
  measures: readonly Measure[],
  replicates: number,
): MeasureCoverage[] {
  const worlds = Array.from({ length: replicates }, (_, seed) => {
    const drawn = drawWorld(places, seed + 1);
    return {
      ...measures.some((each) => each !== "Spearman") ? retrievalOf(drawn) : {},
      ...measures.includes("Spearman") ? orderOf(drawn) : {},
    } as Record<Measure, Found>;
  });
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

/** Images of a world, their kinds and their values. */
interface Drawn {
  readonly places: Places;
  readonly seed: number;
  readonly groupOf: readonly number[];
  readonly kinds: readonly number[];
  /** [2 n]: where they lie by their kinds. */
  readonly ofKinds: Float32Array;
  readonly values: readonly number[];
  /** [n]: where they lie by their values. */
  readonly ofOrder: Float32Array;
}

function drawWorld(places: Places, seed: number): Drawn {
  const { images, groupSize, signal } = places;
  const groupOf = Array.from({ length: images }, (_, image) => Math.floor(image / groupSize));
  const kinds = groupOf.map((group) => randomBelow(seed, 1, group, places.kinds));
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
  return { places, seed, groupOf, kinds, ofKinds, values, ofOrder };
}

/** What all measures are given besides vectors and values. */
function unitsOf({ places, seed, groupOf }: Drawn) {
  return {
    rows: Uint32Array.from(groupOf.keys()),
    groups: places.groupSize > 1 ? groupOf : undefined,
    random: { seed, stream: 0 },
  };
}

function retrievalOf(drawn: Drawn): Record<"R@1" | "R@10" | "mAP", Found> {
  const { rows, groups, random } = unitsOf(drawn);
  const { recallAt1, recallAt10, meanAveragePrecision, intervals } = retrieval(
    new MaskedVectors(drawn.ofKinds, [1, 1]),
    rows,
    { kind: "categorical", values: drawn.kinds.map(String) },
    random,
    groups,
  )!;
  return {
    "R@1": { value: recallAt1, interval: intervals.recallAt1! },
    "R@10": { value: recallAt10, interval: intervals.recallAt10! },
    mAP: { value: meanAveragePrecision, interval: intervals.meanAveragePrecision! },
  };
}

function orderOf(drawn: Drawn): Record<"Spearman", Found> {
  const { rows, groups, random } = unitsOf(drawn);
  const { spearman, interval } = ordinalFit(
    new MaskedVectors(drawn.ofOrder, [1]),
    rows,
    { kind: "ordinal", values: drawn.values, alike: 0, unlike: 1 },
    random,
    groups,
  );
  return { Spearman: { value: spearman!, interval: interval! } };
}
