import type { Variant } from "../network/variant.ts";
import {
  estimateMean,
  halfOf,
  type TripletSample,
  type VarianceParts,
  variancePartsOf,
} from "../statistics/estimate_mean.ts";
import { studentT } from "../statistics/quantiles.ts";
import { type FamilyMember, lengthened, simultaneousFactor } from "../statistics/simultaneous.ts";
import type { Interval } from "../statistics/estimate.ts";
import type { DifferenceEstimate } from "./comparison.ts";
import type { TripletParts } from "../statistics/triplet_parts.ts";

/** Decides what the replicates of simultaneous intervals draw. */
const familySeed = 1;

/** What the runs of a variant measured: of each triplet 1 where it is wrong. */
export interface VariantRuns {
  readonly variant: Variant;
  /** [runs][n], in the order of the seeds. */
  readonly runs: readonly Float64Array[];
}

/** Two variants, by their places, and their differences for all triplets and each notion's. */
export interface PairEstimates {
  readonly pair: readonly [a: number, b: number];
  readonly isPaired: boolean;
  readonly estimates: readonly DifferenceEstimate[];
}

/** The differences of every two variants, alone and all at once. */
export function estimateDifferences(
  variants: readonly VariantRuns[],
  parts: TripletParts,
): PairEstimates[] {
  const pairs = variants.flatMap((_, a) =>
    variants.slice(a + 1).map((_, i) => [a, a + 1 + i] as const)
  );
  if (pairs.length === 0) return [];
  const families = pairs.map((pair) => familyOf(pair, variants, parts));
  const factor = simultaneousFactor(families.flat(), {
    seed: familySeed,
    notions: parts.perNotion,
  });
  return pairs.map((pair, i) => ({
    pair,
    isPaired: isPaired(variants[pair[0]].variant, variants[pair[1]].variant),
    estimates: families[i].map(({ sample }) => differenceOf(sample, factor)),
  }));
}

/**
 * Whether runs of one seed have their triplets and order in common. Specialists learn from batches
 * of one notion each.
 */
function isPaired(a: Variant, b: Variant): boolean {
  return a !== "specialists" && b !== "specialists";
}

/** A difference of two variants for all triplets and each notion's. */
function familyOf(
  pair: readonly [a: number, b: number],
  variants: readonly VariantRuns[],
  parts: TripletParts,
): FamilyMember[] {
  const [a, b] = pair.map((place) => variants[place]);
  const differences = a.runs.map((run, seed) => run.map((value, t) => value - b.runs[seed][t]));
  const separate = [a, b].map(({ runs }) => runs.map((run) => parts.means(run)));
  return parts.samples(differences, false).map((sample, place) => ({
    sample: isPaired(a.variant, b.variant) ? sample : {
      ...sample,
      apart: [separate[0].map((means) => means[place]), separate[1].map((means) => means[place])],
    },
    pair,
    notion: place === 0 ? null : place - 1,
  }));
}

function differenceOf(sample: TripletSample, factor: number): DifferenceEstimate {
  const estimate = estimateMean(sample);
  return {
    ...estimate,
    ...withinOne(estimate),
    simultaneous: withinOne(lengthened(estimate, factor)),
    seedsToShow: estimate.runs === null
      ? null
      : seedsToShow(Math.abs(estimate.value), sample.runs.length, variancePartsOf(sample)),
  };
}

/** Shares differ by 1 at most. */
function withinOne({ low, high }: Interval): Interval {
  return { low: Math.max(-1, low), high: Math.min(1, high) };
}

/** The most seeds that anybody trains. */
const mostSeeds = 1000;

/** 80 % of a standard normal distribution lie below it. */
const powerQuantile = 0.841621;

/**
 * The fewest seeds with which a difference of this size is shown (its own interval does not hold 0)
 * four times in five; null when that takes more than 1000. The variance of runs falls with their
 * number, that of other images stays.
 */
export function seedsToShow(
  size: number,
  seeds: number,
  parts: Omit<VarianceParts, "alone" | "imageDegrees">,
): number | null {
  const needs = (count: number): number => {
    const runs = parts.runs * seeds / count;
    const half = halfOf({ ...parts, runs, runsT: studentT(count - 1) });
    return half + powerQuantile * Math.sqrt(parts.images + runs);
  };
  if (needs(mostSeeds) > size) return null;
  let count = 2;
  while (needs(count) > size) count++;
  return count;
}

/**
 * Which of two variants is ahead, that is errs less: by the intervals that hold all differences at
 * once; null where neither is shown to be, and for one seed, which says nothing of other runs.
 */
export function aheadOf<Name>(
  { a, b, error: { simultaneous, runs } }: {
    readonly a: Name;
    readonly b: Name;
    readonly error: DifferenceEstimate;
  },
): Name | null {
  if (simultaneous === null || runs === null) return null;
  if (simultaneous.low > 0) return b;
  return simultaneous.high < 0 ? a : null;
}
