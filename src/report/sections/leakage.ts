import type { Chart } from "../charts/chart.ts";
import { heatMap } from "../charts/heat_map.ts";
import { type Content, paragraph } from "../html.ts";
import { decimal, percent, percentWithInterval, pointsWithInterval } from "../charts/numbers.ts";
import { beside } from "../figures.ts";
import { chartFigure, numbers, type Section, table } from "../page_parts.ts";
import { viridis } from "../charts/palette.ts";
import type { Leakage } from "../../analysis/model_analysis.ts";
import type { ReportData } from "../report_data.ts";

/** How well one notion is ordered under another's mask, and what masks have in common. */
export function leakageSection({ analysis }: ReportData): Section {
  const { notions } = analysis.model;
  const { leakage, overlap } = analysis;
  const baseline = leakage.baseline?.map((row) => [...row, null]) ?? null;
  const inBrackets = baseline?.map((row, of) =>
    row.map((share, by) => share === null || of === by ? null : `(${percent(share)})`)
  );
  const withIntervals = leakage.error.map((row, of) =>
    row.map((value, by) => {
      const given = baseline?.[of][by] ?? null;
      const error = percentWithInterval({ value, ...leakage.intervals[of][by] });
      return given === null || of === by ? error : `${error}, baseline ${percent(given)}`;
    })
  );
  const highest = Math.max(0.5, ...leakage.error.flat().filter(Number.isFinite));
  const leaks = heatMap({
    name: "leakage",
    alt: `Error of each notion's triplets under every mask: ${
      notions.map((notion, row) => `${notion} ${percent(leakage.error[row][row])} under its own`)
        .join(", ")
    }`,
    width: 720,
  }, {
    rows: notions,
    columns: leakage.columns,
    columnsAre: "mask",
    values: leakage.error,
    below: inBrackets,
    colours: viridis,
    range: [0, highest],
    format: (value) => percent(value),
    hasNumbers: true,
  });
  const overlaps = (["cosine", "jaccard"] as const).map((kind) =>
    overlapChart(kind, notions, overlap[kind])
  );
  return {
    id: "leakage",
    title: "Leakage and overlap",
    content: [
      paragraph`A row holds the error of one notion's triplets under every notion's mask and under none. Where
a mask knows nothing of the notion, it is 50 %, chance.`,
      baselineText(baseline !== null),
      chartFigure(leaks),
      paragraph`${excessText(notions, leakage)}`,
      numbers(matrixTable(notions, leakage.columns, withIntervals, (cell) => cell)),
      paragraph`What two masks have in common: the cosine of the angle between them, and the dimensions active
in both as a share of those active in either (Jaccard).`,
      beside(overlaps.map((chart, i) => chartFigure(chart, ["cosine", "Jaccard"][i]))),
      numbers([
        matrixTable(notions, notions, overlap.cosine, (value) => decimal(value), "cosine"),
        matrixTable(notions, notions, overlap.jaccard, (value) => decimal(value), "Jaccard"),
      ]),
    ],
    charts: [leaks, ...overlaps],
    pictures: [],
  };
}

/** Which errors below chance are leakage. */
function baselineText(isKnown: boolean): Content {
  if (!isKnown) {
    return paragraph`An error far below that, under another's mask, means that the mask tells the notion, too, or
that the two are related in the data. This set knows no values of its images, so what the relation alone would
give is not known.`;
  }
  return paragraph`In brackets, the baseline: the error if the other notion's true values stood in place of its mask
(a tie counts half). A baseline below 50 % means that the two notions are related in the data, so a mask that sees
its own notion alone comes down to there. An error below 50 % is leakage of the masks only as far as it is below its
baseline, too.`;
}

/** The leaks that other images would show, too. */
function excessText(notions: readonly string[], { excess }: Leakage): string {
  if (excess === null) return "";
  const leaks = notions.flatMap((notion, of) =>
    notions.flatMap((mask, by) => {
      const found = excess[of][by];
      if (of === by || found === null || found.low <= 0) return [];
      return [`${notion} under the mask of ${mask}, by ${pointsWithInterval(found)} points`];
    })
  );
  return leaks.length === 0
    ? "No error is below its baseline by more than other images could make it."
    : `Below the baseline by more than other images could make it (95 % intervals, each alone): ${
      leaks.join("; ")
    }.`;
}

function overlapChart(
  kind: "cosine" | "jaccard",
  notions: readonly string[],
  values: readonly (readonly (number | null)[])[],
): Chart {
  return heatMap({
    name: `overlap-${kind}`,
    alt: `${kind === "cosine" ? "Cosine" : "Jaccard index"} of each two masks, from 0 to 1`,
  }, {
    rows: notions,
    columns: notions,
    values,
    colours: viridis,
    range: [0, 1],
    format: (value) => decimal(value),
    hasNumbers: true,
  });
}

function matrixTable<Value extends number | string | null>(
  rows: readonly string[],
  columns: readonly string[],
  values: readonly (readonly Value[])[],
  format: (value: Value) => string,
  corner = "triplets of",
) {
  return table(
    [corner, ...columns],
    rows.map((name, row) => [name, ...values[row].map(format)]),
  );
}
