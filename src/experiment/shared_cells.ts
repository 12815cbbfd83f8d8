/** Cells that several processes share: each is trained and tested by one of them. */
import { CsnError } from "../base/errors.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import { assertSameEverywhere } from "../distributed/same_everywhere.ts";
import { workApart } from "../distributed/work_apart.ts";
import { basename, join } from "../files/paths.ts";
import { settingFacts, versionFacts } from "../training/shared_state.ts";
import { type Cell, configOf } from "./cell.ts";
import { CellWork } from "./cell_work.ts";
import type { TestTriplets } from "./flipped_triplets.ts";
import { type CellResult, type Experiment, runCell } from "./run_cell.ts";
import { scoreCell } from "./score_cell.ts";
import { isTrained } from "./train_cell.ts";

/** An experiment of several processes. */
export type SharedExperiment = Experiment & { readonly group: ProcessGroup };

/**
 * As `runCells`, on every rank of the group: whoever is free takes the next cell, the largest first.
 * Afterwards each rank reads what all have found.
 */
export async function runShared(
  cells: readonly Cell[],
  test: TestTriplets,
  experiment: SharedExperiment,
): Promise<CellResult[] | null> {
  const { group, signal, onEvent, common } = experiment;
  await assertSameExperiment(cells, test, experiment);
  const work = new CellWork(common);
  // Of a single cell no other process knows.
  const alone: Experiment = { ...experiment, group: undefined };
  const hear: Experiment["onEvent"] = (event) => {
    work.hear(event);
    onEvent?.(event);
  };
  const isDone = await workApart(group, {
    tasks: largestFirst(cells),
    work: async (cell, stop) =>
      await runCell(cell, test, { ...alone, signal: stop, onEvent: hear }) !== null,
    stop: signal,
    done: () => work.done,
    onDone: (each) => {
      const triplets = each.filter((_, rank) => rank !== group.place.rank)
        .reduce((sum, done) => sum + done, 0);
      onEvent?.({ type: "others", processes: each.length - 1, triplets });
    },
  });
  if (!isDone) return null;
  const results: CellResult[] = [];
  for (const cell of cells) results.push(await resultOf(cell, test, experiment));
  // A rank that leaves takes what the others still read of it along.
  await group.barrier();
  return results;
}

async function assertSameExperiment(
  cells: readonly Cell[],
  { digest, pack }: TestTriplets,
  { group, common, overwrite }: SharedExperiment,
): Promise<void> {
  await assertSameEverywhere(group, {
    ...versionFacts(),
    ...settingFacts(common),
    "the runs": JSON.stringify(cells),
    "`overwrite`": String(overwrite),
    "the test triplets": digest,
    "the images' files": pack.bytes ?? "unknown",
  }, "Cannot share the runs of an experiment");
}

/** What is begun last is short then, and nobody waits long. Equal ones keep their order. */
function largestFirst(cells: readonly Cell[]): Cell[] {
  return [...cells].sort((a, b) => b.trainTriplets - a.trainTriplets);
}

/** What some rank found. Throws a CsnError where this one does not see it. */
async function resultOf(
  cell: Cell,
  test: TestTriplets,
  { folder, common, group }: SharedExperiment,
): Promise<CellResult> {
  const path = join(folder, cell.name);
  if (!await isTrained(path, configOf(cell, common, basename(folder)))) {
    throw new CsnError(
      `Cannot read the run ${path}, which one of the ${group.place.world} processes has trained: ` +
        "this one does not see it; choose a folder with `out` that all machines share",
    );
  }
  const { device, precision } = common;
  return { cell, scores: await scoreCell(path, test, { placement: { device, precision } }) };
}
