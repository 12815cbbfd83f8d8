/**
 * Trains and tests the cells of an experiment, one after the other, or as many at a time as there
 * are processes; what is there already is kept.
 */
import { CsnError } from "../base/errors.ts";
import { allOrNone } from "../distributed/all_or_none.ts";
import { basename, join } from "../files/paths.ts";
import { type Cell, configOf } from "./cell.ts";
import type { TestTriplets } from "./flipped_triplets.ts";
import { type CellResult, type Experiment, runCell } from "./run_cell.ts";
import { runShared } from "./shared_cells.ts";
import { differingSettings } from "./train_cell.ts";

/**
 * Runs the cells; null when a signal stopped it, at any rank. Throws a CsnError, before any
 * training, for cells that differ.
 */
export async function runCells(
  cells: readonly Cell[],
  test: TestTriplets,
  experiment: Experiment,
): Promise<CellResult[] | null> {
  const { common, signal, onEvent, group } = experiment;
  await allOrNone(group ?? null, () => checkCells(cells, experiment), signal);
  onEvent?.({ type: "plan", cells, epochs: common.epochs, notions: common.notions });
  if (group !== undefined) return await runShared(cells, test, { ...experiment, group });
  const results: CellResult[] = [];
  for (const cell of cells) {
    if (signal?.aborted) return null;
    const result = await runCell(cell, test, experiment);
    if (result === null) return null;
    results.push(result);
  }
  return results;
}

async function checkCells(
  cells: readonly Cell[],
  { folder, common, overwrite }: Experiment,
): Promise<void> {
  if (overwrite) return;
  for (const cell of cells) {
    const path = join(folder, cell.name);
    const differing = await differingSettings(path, configOf(cell, common, basename(folder)));
    if (differing.length === 0) continue;
    throw new CsnError(
      `Cannot use ${path} for this experiment: it was trained with other settings (${
        differing.join("; ")
      }); choose another folder with \`out\`, or pass \`overwrite: true\` to train such cells again`,
    );
  }
}
