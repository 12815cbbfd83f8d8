import type { Comparison } from "./comparison.ts";
import { comparisonCsv } from "./comparison_csv.ts";
import { join, resolve } from "../files/paths.ts";
import type { Variant } from "../network/variant.ts";
import { writeWhole } from "../files/write_whole.ts";
import type { Cell } from "./cell.ts";
import { checkOptions, isWhole } from "./check_options.ts";
import { type ExperimentOptions, resolveExperiment } from "./experiment_options.ts";
import { runCells } from "./run_cells.ts";
import { assertOwnResults, removeResults } from "./result_files.ts";
import { comparisonOf } from "./summarise_comparison.ts";
import { loadTestTriplets } from "./flipped_triplets.ts";
import { checkEnough, shortestTrainingList } from "./training_lists.ts";

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
  await assertOwnResults(resolve(options.out), "compare");
  const experiment = await resolveExperiment(options);
  const { folder, common, seeds, command } = experiment;
  const test = await loadTestTriplets(common, options);
  const shortest = await shortestTrainingList(test, common.notions);
  const trainTriplets = options.triplets ?? shortest.triplets;
  checkEnough(trainTriplets, shortest, test.set.folder);
  // With `overwrite`, results of other settings must not pass for the new ones.
  if (experiment.overwrite) await removeResults(folder, "compare");
  const cells = compareCells(experiment.variants, seeds, trainTriplets);
  const results = await runCells(cells, test, experiment);
  if (results === null) return null;
  const comparison = comparisonOf(results, { ...test.triplets, groups: test.groups }, {
    data: test.set.name,
    epochs: common.epochs,
    trainTriplets,
    seeds,
    command,
  });
  await writeWhole(join(folder, "compare.json"), JSON.stringify(comparison, null, 2) + "\n");
  await writeWhole(join(folder, "compare.csv"), comparisonCsv(comparison));
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
