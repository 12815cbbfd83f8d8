/** The epochs of the model's run and of those beside it, followed while they train. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { RunInfo, RunsAnswer } from "../../protocol.ts";
import { source } from "../explored.ts";
import { connection, LostError, report } from "../source.ts";
import { runsShown } from "../state.ts";
import type { RunCurves } from "./run_curves.ts";

/** Runs beside the model's own that are shown at most: more lines cannot be distinguished. */
export const mostBeside = 5;

/** Milliseconds between two questions for what a run in training has added. */
const everyMs = 2000;

/** The runs that there are; null until they are known. */
export const runs: Signal<RunsAnswer | null> = signal(null);

const curves: Signal<ReadonlyMap<string, RunCurves>> = signal(new Map());

const ownInfo: ReadonlySignal<RunInfo | null> = computed(() => runs.value?.runs.at(0) ?? null);

/** The model's own run; null where there is none, or it is not known yet. */
export const own: ReadonlySignal<RunCurves | null> = computed(() =>
  ownInfo.value === null ? null : curves.value.get(ownInfo.value.name) ?? null
);

/** Names of runs that are shown beside it. */
export const besideNames: ReadonlySignal<readonly string[]> = computed(() => {
  const known = new Set(runs.value?.runs.slice(1).map(({ name }) => name));
  return runsShown.value.filter((name) => known.has(name)).slice(0, mostBeside);
});

/** The model's own run and those beside it that are shown, as far as they are known. */
export const shownRuns: ReadonlySignal<readonly RunCurves[]> = computed(() =>
  [ownInfo.value?.name ?? "", ...besideNames.value]
    .flatMap((name) => curves.value.get(name) ?? [])
);

/** Whether a run is in training, as far as it says. */
export function isUnfinished({ rows, planned }: RunCurves): boolean {
  return planned !== null && (rows.at(-1)?.epoch ?? 0) < planned;
}

/** Asks for the runs, and for what they add until the function that it returns is called. */
export function followRuns(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  const ask = async (names: readonly string[]) => {
    clearTimeout(timer);
    const mine = ++turn;
    for (const name of names) await askFor(name);
    if (mine === turn) timer = setTimeout(again, everyMs);
  };
  const again = () => {
    // What nobody looks at is not asked for.
    const unfinished = document.hidden ? [] : shownRuns.value.filter(isUnfinished);
    ask(unfinished.map(({ name }) => name));
  };
  const stopRuns = effect(() => {
    connection.value.comebacks;
    source().runs().then((answer) => runs.value = answer, report);
  });
  const stopShown = effect(() => {
    connection.value.comebacks;
    const names = [...ownInfo.value === null ? [] : [ownInfo.value.name], ...besideNames.value];
    ask(names);
  });
  return () => {
    turn++;
    clearTimeout(timer);
    stopRuns();
    stopShown();
  };
}

async function askFor(name: string): Promise<void> {
  const before = curves.peek().get(name);
  try {
    const { generation = "", rows = [] } = before ?? {};
    const answer = await source().epochs(name, { generation, after: rows.length });
    const isMore = generation === answer.generation;
    // What is the same is no change: nothing is drawn anew.
    if (isMore && answer.rows.length === 0 && answer.planned === before!.planned) return;
    const all = isMore ? [...rows, ...answer.rows] : answer.rows;
    keep({ ...answer, name, rows: all, error: null });
  } catch (error) {
    if (error instanceof LostError) return;
    const empty = { notions: [], rows: [], planned: null, generation: "" };
    keep({ name, ...empty, error: error instanceof Error ? error.message : String(error) });
  }
}

function keep(run: RunCurves): void {
  curves.value = new Map([...curves.peek(), [run.name, run]]);
}
