import type { Comparison } from "./comparison.ts";
import { comparisonCsv } from "./comparison_csv.ts";
import type { Variant } from "../network/variant.ts";
import type { Cell } from "./cell.ts";
import { checkOptions, isWhole } from "./check_options.ts";
import type { ExperimentOptions } from "./experiment_options.ts";
import { prepareExperiment, writeResults } from "./prepare_experiment.ts";
import { runCells } from "./run_cells.ts";
import { comparisonOf } from "./summarise_comparison.ts";
import { checkEnough } from "./training_lists.ts";

/** What is compared. */
export interface CompareOptions extends ExperimentOptions {
  /** Training triplets of each notion. @default {as many as the shortest training list has} */
  readonly triplets?: number;
}

/**
 * Trains every variant with every seed, as far as that is not done in `out`, tests all on the same
 * triplets and writes compare.json and compare.csv there. Null when the signal stopped it: the same
 * call goes on. `start()` must have been called.
 *
 * @example Train two networks alike and compare their errors
 * ```ts
 * import { start } from "@csn/csn";
 * import { compare } from "@csn/csn/experiment";
 *
 * await start();
 * const comparison = await compare({
 *   data: "data/mine",
 *   out: "runs/standard-fixed",
 *   variants: ["standard", "fixed"],
 *   seeds: [1],
 *   epochs: 1,
 *   imageSize: 16,
 * });
 * for (const { a, b, error } of comparison?.differences ?? []) {
 *   console.log(`${a} - ${b}: ${error.low} to ${error.high}`);
 * }
 * ```
 */
export async function compare(options: CompareOptions): Promise<Comparison | null> {
  checkOptions("compare", options, "a whole number from 1 on", (value) => isWhole(value, 1));
  const prepared = await prepareExperiment("compare", options, (ready) => {
    const { shortest, test, experiment: { variants, seeds } } = ready;
    const trainTriplets = options.triplets ?? shortest.triplets;
    checkEnough(trainTriplets, shortest, test.set.folder);
    return compareCells(variants, seeds, trainTriplets);
  });
  const { experiment, test, cells } = prepared;
  const { common, seeds, command } = experiment;
  const results = await runCells(cells, test, experiment);
  if (results === null) return null;
  const comparison = comparisonOf(results, { ...test.triplets, groups: test.groups }, {
    data: test.set.name,
    epochs: common.epochs,
    trainTriplets: cells[0].trainTriplets,
    seeds,
    command,
  });
  await writeResults(prepared, comparison, comparisonCsv(comparison));
  return comparison;
}

/** One seed of every variant before the next, so that what is done early can be compared early. */
function compareCells(
  chosen: readonly Variant[],
  seeds: readonly number[],
  trainTriplets: number,
): Cell[] {
  return seeds.flatMap((seed) =>
    chosen.map((variant) => ({ name: `${variant}-seed${seed}`, variant, seed, trainTriplets }))
  );
}
