import type { Triplets } from "../sets/triplets.ts";
import type {
  ComparedVariant,
  Comparison,
  NotionEstimate,
  SeedResult,
  VariantDifference,
} from "./comparison.ts";
import { seedDifferences, seedIntervals } from "./seed_differences.ts";
import { estimateMeans } from "../statistics/cluster_bootstrap.ts";
import type { Estimate } from "../statistics/estimate.ts";
import type { Variant } from "../network/variant.ts";
import { tie } from "./outcomes.ts";
import type { CellResult } from "./run_cells.ts";
import { TripletParts, wrongShares } from "./triplet_parts.ts";

/** Decides which images the replicates of intervals draw. */
export const intervalSeed = 1;

/** The comparison of cells that were tested on `triplets`; every variant has every seed. */
export function comparisonOf(
  results: readonly CellResult[],
  triplets: Pick<Triplets, "images" | "notion" | "notions">,
  about: Pick<Comparison, "data" | "epochs" | "trainTriplets" | "seeds" | "command">,
): Comparison {
  const { notions } = triplets;
  const parts = new TripletParts(triplets);
  const variants = [...new Set(results.map(({ cell }) => cell.variant))];
  const shares = variants.map((variant) => wrongShares(outcomesOfVariant(results, variant)));
  const pairs = variants.flatMap((_, a) =>
    variants.slice(a + 1).map((_, i) => [a, a + 1 + i] as const)
  );
  // All at once, so that every interval comes from the same draws.
  const estimates = estimateMeans([
    ...shares.flatMap((values) => parts.samples(values, true)),
    ...pairs.flatMap(([a, b]) => parts.samples(minus(shares[a], shares[b]), false)),
  ], { seed: intervalSeed });
  const measured = (place: number) => {
    const [error, ...each] = estimates.slice(place * parts.count, (place + 1) * parts.count);
    return { error, notions: named(notions, each) };
  };
  const compared = variants.map((variant, place): ComparedVariant => {
    const seeds = results.filter(({ cell }) => cell.variant === variant)
      .map((result) => seedResult(result, parts));
    const ties = seeds.reduce((sum, each) => sum + each.ties, 0);
    return { variant, ...measured(place), ties, seeds };
  });
  return {
    format: 1,
    data: about.data,
    notions,
    split: "test",
    testTriplets: triplets.notion.length,
    testImages: parts.images,
    epochs: about.epochs,
    trainTriplets: about.trainTriplets,
    seeds: about.seeds,
    command: about.command,
    variants: compared,
    differences: pairs.map(([a, b], i): VariantDifference => {
      const seeds = seedDifferences(compared[a], compared[b]);
      return {
        a: variants[a],
        b: variants[b],
        ...measured(variants.length + i),
        seeds,
        overSeeds: seedIntervals(seeds, notions),
      };
    }),
  };
}

function seedResult({ cell, scores }: CellResult, parts: TripletParts): SeedResult {
  const [error, ...notions] = parts.means(wrongShares([scores.outcomes]));
  return {
    seed: cell.seed,
    error,
    notions,
    ties: scores.outcomes.filter((outcome) => outcome === tie).length,
    trainTriplets: scores.trainTriplets,
    embeddedImages: scores.embeddedImages,
    seconds: scores.seconds,
    epoch: scores.epoch,
  };
}

function outcomesOfVariant(results: readonly CellResult[], variant: Variant): Uint8Array[] {
  return results.filter(({ cell }) => cell.variant === variant)
    .map(({ scores }) => scores.outcomes);
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]);
}

function named(notions: readonly string[], estimates: readonly Estimate[]): NotionEstimate[] {
  return notions.map((name, row) => ({ name, error: estimates[row] }));
}
