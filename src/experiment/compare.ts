import type { Comparison } from "./comparison.ts";
import { comparisonCsv } from "./comparison_csv.ts";
import { join } from "../files/paths.ts";
import { type Variant, variants } from "../network/variant.ts";
import { writeWhole } from "../files/write_whole.ts";
import type { Cell } from "./cell.ts";
import { type ExperimentOptions, runCells } from "./run_cells.ts";
import { assertOwnResults, removeResults } from "./result_files.ts";
import { comparisonOf } from "./summarise_comparison.ts";
import { loadTestTriplets } from "./flipped_triplets.ts";
import { checkEnough, shortestTrainingList } from "./training_lists.ts";

/** What is compared. */
export interface CompareOptions extends ExperimentOptions {
  /** The networks. */
  readonly variants: readonly Variant[];
  /** Seeds that each is trained with. */
  readonly seeds: readonly number[];
  /** Training triplets of each notion. @default {as many as the shortest training list has} */
  readonly trainTriplets?: number;
  /** The command that makes the comparison, to be stored with it. */
  readonly command: string;
}

/**
 * Trains every variant with every seed, as far as that is not done in `folder`, tests all on the
 * same triplets and writes compare.json and compare.csv there. Null when the signal stopped it: the
 * same call goes on. libtorch must be open.
 */
export async function compare(options: CompareOptions): Promise<Comparison | null> {
  const { common, folder, seeds, command } = options;
  await assertOwnResults(folder, "compare");
  const test = await loadTestTriplets(common, options);
  const shortest = await shortestTrainingList(test, common.notions);
  const trainTriplets = options.trainTriplets ?? shortest.triplets;
  checkEnough(trainTriplets, shortest, test.set.folder);
  const chosen = variants.filter((variant) => options.variants.includes(variant));
  // With `overwrite`, results of other settings must not pass for the new ones.
  if (options.overwrite) await removeResults(folder, "compare");
  const results = await runCells(compareCells(chosen, seeds, trainTriplets), test, options);
  if (results === null) return null;
  const comparison = comparisonOf(results, test.triplets, {
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
