import { heatMap } from "../charts/heat_map.ts";
import { paragraph } from "../html.ts";
import { points } from "../charts/numbers.ts";
import { chartFigure, type Section, table } from "../page_parts.ts";
import { diverging } from "../charts/palette.ts";
import type { ReportData } from "../report_data.ts";

/** Dimensions that the table names for each notion. */
const mostNamed = 5;

/** What each dimension is worth to each notion. */
export function removalSection({ analysis }: ReportData): Section {
  const { model, dimensions } = analysis;
  const { notions } = model;
  const widest = Math.max(0.001, ...dimensions.removal.flat().map(Math.abs));
  const chart = heatMap({
    name: "removal",
    alt: `Error that removing each of ${model.dimension} dimensions adds to each notion, at most ${
      points(widest)
    } points`,
    width: 960,
  }, {
    rows: notions,
    columns: dimensions.removal[0].map((_, dimension) => String(dimension)),
    columnsAre: "dimension removed",
    values: dimensions.removal,
    colours: diverging,
    range: [-widest, widest],
    format: (value) => points(value),
    hasNumbers: false,
  });
  return {
    id: "removal",
    title: "Removing one dimension",
    content: [
      paragraph`The error, in percentage points, that is added to a notion when one dimension is left out. One
that stands out carries much of the notion alone; where none does, the notion is spread over many.`,
      chartFigure(chart),
      table(
        ["notion", "dimensions that matter most (error added, points)"],
        notions.map((notion, row) => [notion, mostAdded(dimensions.removal[row])]),
      ),
    ],
    charts: [chart],
    pictures: [],
  };
}

function mostAdded(removal: readonly number[]): string {
  const named = Array.from(removal.keys())
    .filter((dimension) => removal[dimension] > 0)
    .sort((a, b) => removal[b] - removal[a] || a - b)
    .slice(0, mostNamed)
    .map((dimension) => `${dimension} (${points(removal[dimension], 2)})`);
  return named.length === 0 ? "none adds any" : named.join(", ");
}
