import { estimateMean, type MeanEstimate } from "../statistics/estimate_mean.ts";
import type {
  ComparedVariant,
  Comparison,
  DifferenceEstimate,
  SeedResult,
  VariantDifference,
} from "./comparison.ts";
import { estimateDifferences, type VariantRuns } from "./estimate_differences.ts";
import { tie, wrongOnes } from "./outcomes.ts";
import type { CellResult } from "./run_cell.ts";
import { seedDifferences } from "./seed_differences.ts";
import { type TestedTriplets, TripletParts } from "../statistics/triplet_parts.ts";

/** The comparison of cells that were tested on `triplets`; every variant has every seed. */
export function comparisonOf(
  results: readonly CellResult[],
  triplets: TestedTriplets,
  about: Pick<Comparison, "data" | "epochs" | "trainTriplets" | "seeds" | "command">,
): Comparison {
  const { notions } = triplets;
  const parts = new TripletParts(triplets);
  const measured = runsOf(results);
  const compared = measured.map(({ variant, runs }): ComparedVariant => {
    const seeds = results.filter(({ cell }) => cell.variant === variant)
      .map((result) => seedResult(result, parts));
    const [error, ...each] = parts.samples(runs, true).map(estimateMean);
    const ties = seeds.reduce((sum, { ties }) => sum + ties, 0);
    return { variant, error, notions: named(notions, each), ties, seeds };
  });
  return {
    format: 2,
    data: about.data,
    notions,
    split: "test",
    testTriplets: triplets.notion.length,
    testImages: parts.images,
    units: parts.units,
    epochs: about.epochs,
    trainTriplets: about.trainTriplets,
    seeds: about.seeds,
    command: about.command,
    variants: compared,
    differences: estimateDifferences(measured, parts).map(
      ({ pair: [a, b], isPaired, estimates: [error, ...each] }): VariantDifference => ({
        a: measured[a].variant,
        b: measured[b].variant,
        isPaired,
        error,
        notions: named(notions, each),
        seeds: seedDifferences(compared[a], compared[b]),
      }),
    ),
  };
}

function seedResult({ cell, scores }: CellResult, parts: TripletParts): SeedResult {
  const [error, ...notions] = parts.means(wrongOnes(scores.outcomes));
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

/** What the runs of each variant measured, in the order in which the variants come. */
function runsOf(results: readonly CellResult[]): VariantRuns[] {
  return [...new Set(results.map(({ cell }) => cell.variant))].map((variant) => ({
    variant,
    runs: results.filter(({ cell }) => cell.variant === variant)
      .map(({ scores }) => wrongOnes(scores.outcomes)),
  }));
}

function named<Error extends MeanEstimate | DifferenceEstimate>(
  notions: readonly string[],
  estimates: readonly Error[],
): { name: string; error: Error }[] {
  return notions.map((name, row) => ({ name, error: estimates[row] }));
}
