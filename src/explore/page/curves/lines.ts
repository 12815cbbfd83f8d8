/** What the charts draw of the epochs of some runs: pure. */
import type { EpochRow } from "../../protocol.ts";
import type { RunCurves } from "./run_curves.ts";

/** A line of a chart. */
export interface Line {
  /** What it shows: "validation", or with others beside "other: validation". */
  readonly name: string;
  /** Place among the colours. */
  readonly colour: number;
  /** Which run it is of, 0 for the model's own: its dashes. */
  readonly run: number;
  /** By epoch, as in `Chart.epochs`; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

/** A chart. */
export interface Chart {
  readonly title: string;
  /** How a value is written. */
  readonly format: (value: number) => string;
  readonly lines: readonly Line[];
  /** Of all its runs, in order. */
  readonly epochs: readonly number[];
}

/** What is drawn of an epoch. */
type Value = (row: EpochRow) => number | null;

/** Colours of other runs begin behind those of this many of the own run's lines. */
const firstOther = 4;

/** The charts of some runs, the model's own first; `of` is a notion, or "" for all of them. */
export function chartsOf(runs: readonly RunCurves[], of: string): Chart[] {
  const epochs = allEpochs(runs);
  const line = (run: RunCurves, at: number, what: string, colour: number, value: Value): Line => ({
    name: runs.length === 1 ? what : what === "" ? run.name : `${run.name}: ${what}`,
    colour: at === 0 ? colour : firstOther + at - 1,
    run: at,
    values: valuesAt(epochs, run, value),
  });
  const oneOfEach = (title: string, value: Value): Chart => ({
    ...{ title, epochs, format: (each) => String(Number(each.toPrecision(4))) },
    lines: runs.map((run, at) =>
      line(run, at, runs.length === 1 ? title.toLowerCase() : "", 0, value)
    ),
  });
  return [
    {
      ...{ title: "Loss", epochs, format: (value) => value.toFixed(4) },
      lines: runs.flatMap((run, at) => [
        // Of others, what can be compared: losses of training are of weights that change meanwhile.
        ...at === 0 ? [line(run, at, "training", 1, (row) => row.trainLoss)] : [],
        line(run, at, "validation", 0, (row) => row.validationLoss),
      ]),
    },
    {
      ...{ title: of === "" ? "Accuracy" : `Accuracy by ${of}`, epochs },
      format: (value) => `${value.toFixed(1)} %`,
      lines: runs.flatMap((run, at) => accuracyLines(run, at, of, line)),
    },
    oneOfEach("Embedding norm", (row) => row.embeddingNorm),
    oneOfEach("Mask norm", (row) => row.maskNorm),
    oneOfEach("Learning rate", (row) => row.learningRate),
  ];
}

function accuracyLines(
  run: RunCurves,
  at: number,
  of: string,
  line: (run: RunCurves, at: number, what: string, colour: number, value: Value) => Line,
): Line[] {
  const percent = (value: number | null) => value === null ? null : 100 * value;
  const notion = (row: number) => (epoch: EpochRow) => percent(epoch.notions[row] ?? null);
  if (of !== "") {
    const row = run.notions.indexOf(of);
    return row < 0 ? [] : [line(run, at, of, row, notion(row))];
  }
  const all = line(run, at, "all notions", -1, (epoch) => percent(epoch.validationAccuracy));
  if (at > 0) return [all];
  return [all, ...run.notions.map((name, row) => line(run, at, name, row, notion(row)))];
}

/** The epochs of all runs, in order. */
function allEpochs(runs: readonly RunCurves[]): number[] {
  const epochs = new Set(runs.flatMap(({ rows }) => rows.map(({ epoch }) => epoch)));
  return [...epochs].sort((a, b) => a - b);
}

function valuesAt(
  epochs: readonly number[],
  { rows }: RunCurves,
  value: Value,
): (number | null)[] {
  const byEpoch = new Map(rows.map((row) => [row.epoch, value(row)]));
  return epochs.map((epoch) => byEpoch.get(epoch) ?? null);
}

/** The epoch of a run that was the best on validation; null before the first. */
export function bestEpoch({ rows }: RunCurves): EpochRow | null {
  return rows.findLast(({ isBest }) => isBest) ?? null;
}

/** "validation from 0.4000 to 0.1000" for those who do not see the line. */
export function toldOf({ name, values }: Line, { format }: Chart): string {
  const known = values.filter((value) => value !== null);
  const [first, last] = [known.at(0), known.at(-1)];
  if (first === undefined || last === undefined) return `${name} not measured`;
  return `${name} from ${format(first)} to ${format(last)}`;
}
