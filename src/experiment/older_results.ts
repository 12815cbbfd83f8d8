/** Results of an older csn (format 1), whose intervals were of these very networks alone. */
import type { Estimate } from "../statistics/estimate.ts";
import type { MeanEstimate } from "../statistics/estimate_mean.ts";
import { normalQuantile } from "../statistics/quantiles.ts";
import type { Comparison, DifferenceEstimate } from "./comparison.ts";
import { seedDifferences } from "./seed_differences.ts";
import type { Sweep } from "./sweep_points.ts";

/** A comparison with all that this version's has: what the older one did not measure is null. */
export function completeComparison(comparison: Comparison): Comparison {
  if (comparison.format !== 1) return comparison;
  const variants = comparison.variants.map((each) => ({
    ...each,
    error: overImages(each.error),
    notions: each.notions.map((notion) => ({ ...notion, error: overImages(notion.error) })),
  }));
  const of = (variant: string) => variants.find((each) => each.variant === variant)!;
  return {
    ...comparison,
    units: { kind: "images", count: comparison.testImages },
    variants,
    differences: comparison.differences.map(({ a, b, error, notions }) => ({
      ...{ a, b, isPaired: true, error: alone(error) },
      notions: notions.map(({ name, error }) => ({
        name,
        error: alone(error),
      })),
      seeds: seedDifferences(of(a), of(b)),
    })),
  };
}

/** The same of a sweep. */
export function completeSweep(sweep: Sweep): Sweep {
  if (sweep.format !== 1) return sweep;
  return {
    ...sweep,
    units: { kind: "images", count: 0 },
    points: sweep.points.map((point) => ({ ...point, error: overImages(point.error) })),
  };
}

function overImages({ value, low, high }: Estimate): MeanEstimate {
  return { value, low, high, images: (high - low) / 2 / normalQuantile, runs: null };
}

function alone(estimate: Estimate): DifferenceEstimate {
  return { ...overImages(estimate), simultaneous: null, seedsToShow: null };
}
