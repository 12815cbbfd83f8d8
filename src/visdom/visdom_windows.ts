/** The windows that the reference code posts (main.py), from a run's metrics: pure functions. */
import type { EpochMetrics } from "../training/metrics.ts";

/** A post that makes, replaces or extends a window. */
export interface VisdomPost {
  /** `events` makes or replaces a window, `update` adds to one. */
  readonly endpoint: "events" | "update";
  /** What is posted; `win` and `eid` name window and environment. */
  readonly body: { readonly win: string; readonly eid: string; readonly [key: string]: unknown };
}

/** The run whose windows are made. */
export interface VisdomRun {
  /** visdom's environment: the run's name unless another was asked for. */
  readonly environment: string;
  /** The run's name: trace and window in the environment `overview`. */
  readonly name: string;
  /** Names of the notions. */
  readonly notions: readonly string[];
  /** The number of each in its image set. */
  readonly conditions: readonly number[];
}

/** Where all runs are compared. */
export const overviewEnvironment = "overview";

interface LineWindow {
  readonly win: string;
  readonly eid: string;
  readonly traces: readonly {
    readonly name: string;
    readonly value: (row: EpochMetrics) => number;
  }[];
}

/**
 * The line windows, in the order in which the reference code makes them; "test" means validation.
 */
function lineWindows({ environment, name, conditions }: VisdomRun): LineWindow[] {
  const own = (win: string, traces: LineWindow["traces"]): LineWindow => ({
    win,
    eid: environment,
    traces,
  });
  return [
    own("lr", [{ name: "learning rate", value: (row) => row.learningRate }]),
    own("acc", [
      { name: "train", value: (row) => row.train.accuracy },
      { name: "test", value: (row) => row.validation.accuracy },
    ]),
    own("loss", [
      { name: "train", value: (row) => row.train.loss },
      { name: "test", value: (row) => row.validation.loss },
    ]),
    own("emb_norms", [{ name: "train", value: (row) => row.train.embeddingNorm }]),
    own("mask_norms", [{ name: "train", value: (row) => row.train.maskNorm }]),
    own(
      "accs",
      conditions.map((condition, row) => ({
        name: `acc_${condition}`,
        value: (metrics) => metrics.validation.notions[row]?.accuracy ?? NaN,
      })),
    ),
    {
      win: name,
      eid: overviewEnvironment,
      traces: [{ name, value: (row) => row.validation.accuracy }],
    },
  ];
}

/** Posts that make all windows of `history` (at least one epoch), whatever the server has. */
export function wholeWindows(run: VisdomRun, history: readonly EpochMetrics[]): VisdomPost[] {
  return [
    ...lineWindows(run).map((window) => wholeLine(window, history)),
    ...history.flatMap((row) => maskBars(run, row)),
  ];
}

/** Posts that add epoch `row` to windows that hold all before it. */
export function newestPoints(run: VisdomRun, row: EpochMetrics): VisdomPost[] {
  return [
    ...lineWindows(run).flatMap((window) =>
      window.traces.map((trace) => point(window, trace, row))
    ),
    ...maskBars(run, row),
  ];
}

/** What visdom's Python client sends of a line's style. */
const style = {
  markers: false,
  fillarea: false,
  mode: "lines",
  markersymbol: "dot",
  markersize: 10,
  markerborderwidth: 0.5,
} as const;

function lineTrace(
  name: string,
  x: readonly number[],
  y: readonly number[],
): Record<string, unknown> {
  return {
    x,
    // JSON knows no NaN: null is a gap.
    y: y.map((value) => Number.isFinite(value) ? value : null),
    name,
    type: "scatter",
    mode: "lines",
    textposition: "right",
    line: {},
    marker: { size: 10, symbol: "dot", line: { color: "#000000", width: 0.5 } },
  };
}

function wholeLine({ win, eid, traces }: LineWindow, history: readonly EpochMetrics[]): VisdomPost {
  // One point alone makes no line: the reference code doubles the first.
  const rows = history.length === 1 ? [history[0], history[0]] : history;
  const epochs = rows.map((row) => row.epoch);
  return {
    endpoint: "events",
    body: {
      data: traces.map(({ name, value }) => lineTrace(name, epochs, rows.map(value))),
      win,
      eid,
      layout: {
        showlegend: true,
        title: plotlyText(win),
        margin: { l: 60, r: 60, t: 60, b: 60 },
        xaxis: { title: "Epochs" },
        yaxis: { title: plotlyText(win) },
      },
      opts: {
        legend: traces.map(({ name }) => name),
        title: win,
        xlabel: "Epochs",
        ylabel: win,
        ...style,
      },
    },
  };
}

function point(
  { win, eid }: LineWindow,
  { name, value }: LineWindow["traces"][number],
  row: EpochMetrics,
): VisdomPost {
  return {
    endpoint: "update",
    // Title and legend must not be repeated: the server would label other traces with them.
    body: {
      data: [lineTrace(name, [row.epoch], [value(row)])],
      win,
      eid,
      layout: {},
      opts: style,
      name,
      append: true,
    },
  };
}

/** Stacked bars of the masks over the dimensions, in the epochs that have them: a window each. */
function maskBars(
  { environment, notions }: VisdomRun,
  { epoch, masks }: EpochMetrics,
): VisdomPost[] {
  if (masks === undefined) return [];
  const data = masks.map((mask, row) => ({
    y: mask,
    x: mask.map((_, dimension) => dimension + 1),
    type: "bar",
    name: notions[row],
  }));
  return [{
    endpoint: "events",
    body: {
      data,
      win: maskWindow(epoch),
      eid: environment,
      layout: {
        showlegend: true,
        title: String(epoch),
        margin: { l: 60, r: 60, t: 60, b: 60 },
        barmode: "stack",
      },
      opts: { stacked: true, title: String(epoch), legend: notions },
    },
  }];
}

function maskWindow(epoch: number): string {
  return `masks_${epoch}`;
}

/**
 * Those of `windows` that show masks of epochs after `epoch`: a run that was replaced left them
 * behind.
 */
export function staleMaskWindows(windows: readonly string[], epoch: number): string[] {
  return windows.filter((win) => {
    const maskEpoch = Number(/\d+$/.exec(win)?.[0]);
    return win === maskWindow(maskEpoch) && maskEpoch > epoch;
  });
}

/**
 * A text for a title, which Plotly takes for HTML. It does not know `&quot;`, so quotation marks
 * stay.
 */
function plotlyText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
