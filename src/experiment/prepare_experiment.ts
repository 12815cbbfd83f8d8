/** What goes before and after the cells of an experiment, whichever it is. */
import { allOrNone } from "../distributed/all_or_none.ts";
import { heardListener } from "../distributed/heard_listener.ts";
import { join, resolve } from "../files/paths.ts";
import { writeWhole } from "../files/write_whole.ts";
import type { Cell } from "./cell.ts";
import { type ExperimentOptions, resolveExperiment } from "./experiment_options.ts";
import { loadTestTriplets, type TestTriplets } from "./flipped_triplets.ts";
import { assertOwnResults, type Kind, removeResults } from "./result_files.ts";
import type { Experiment } from "./run_cell.ts";
import { type ShortestList, shortestTrainingList } from "./training_lists.ts";

/** An experiment whose data is ready. */
export interface Prepared {
  readonly kind: Kind;
  readonly experiment: Experiment;
  readonly test: TestTriplets;
  /** The shortest of the training lists. */
  readonly shortest: ShortestList;
  readonly cells: readonly Cell[];
}

/**
 * Examines the options and the results that are there, and makes the data ready; `cellsOf` says
 * what is trained. Of several processes rank 0 alone is heard of, and none goes on unless all do.
 */
export async function prepareExperiment(
  kind: Kind,
  options: ExperimentOptions,
  cellsOf: (ready: Omit<Prepared, "cells" | "kind">) => readonly Cell[],
): Promise<Prepared> {
  const { group, signal } = options;
  return await allOrNone(group ?? null, async () => {
    await assertOwnResults(resolve(options.out), kind);
    const heard = { ...options, listener: heardListener(group, options.listener) };
    const experiment = { ...await resolveExperiment(heard), listener: options.listener };
    const test = await loadTestTriplets(experiment.common, heard);
    const shortest = await shortestTrainingList(test, experiment.common.notions);
    const cells = cellsOf({ experiment, test, shortest });
    // With `overwrite`, results of other settings must not pass for the new ones.
    if (experiment.overwrite && isFirst(options)) await removeResults(experiment.folder, kind);
    return { kind, experiment, test, shortest, cells };
  }, signal);
}

/** Writes what was found, as JSON and as a table; of several processes rank 0 does. */
export async function writeResults(
  { kind, experiment }: Prepared,
  found: unknown,
  csv: string,
): Promise<void> {
  if (!isFirst(experiment)) return;
  const file = join(experiment.folder, kind);
  await writeWhole(`${file}.json`, JSON.stringify(found, null, 2) + "\n");
  await writeWhole(`${file}.csv`, csv);
}

function isFirst({ group }: Pick<Experiment, "group">): boolean {
  return (group?.place.rank ?? 0) === 0;
}
