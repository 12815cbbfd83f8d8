import { heatMap } from "../charts/heat_map.ts";
import { paragraph } from "../html.ts";
import { decimal } from "../charts/numbers.ts";
import { beside } from "../figures.ts";
import { chartFigure, numbers, type Section, table } from "../page_parts.ts";
import { viridis } from "../charts/palette.ts";
import type { ReportData } from "../report_data.ts";
import { stackedBars } from "../charts/stacked_bars.ts";

/** What each notion's mask lets through. */
export function masksSection({ analysis }: ReportData): Section {
  const { masks, model, dimensions } = analysis;
  const { notions } = model;
  const highest = Math.max(...masks.flat(), 0);
  const bars = stackedBars(
    {
      name: "mask-bars",
      alt: `The masks of ${notions.join(", ")} over ${model.dimension} dimensions, stacked: ${
        activeText(notions, dimensions.active)
      }`,
    },
    notions,
    masks,
  );
  const map = heatMap(
    {
      name: "mask-map",
      alt: `Mask of each notion in each of ${model.dimension} dimensions, from 0 to ${
        decimal(highest)
      }`,
    },
    {
      rows: notions,
      columns: masks[0].map((_, dimension) => String(dimension)),
      columnsAre: "dimension",
      values: masks,
      colours: viridis,
      range: [0, highest],
      format: (value) => decimal(value),
      hasNumbers: false,
    },
  );
  const used = dimensions.unused === 0
    ? "Every dimension is used by a notion."
    : `${dimensions.unused} of ${model.dimension} dimensions are used by none.`;
  return {
    id: "masks",
    title: "Masks",
    content: [
      paragraph`How much of each dimension of the embedding counts for a notion (after ReLU). ${used}`,
      beside([chartFigure(bars), chartFigure(map)]),
      table(
        ["notion", "active dimensions", "sum of its mask"],
        notions.map((notion, row) => [
          notion,
          dimensions.active[row],
          decimal(masks[row].reduce((sum, value) => sum + value, 0)),
        ]),
      ),
      numbers(
        table(
          ["dimension", ...notions],
          masks[0].map((_, dimension) => [
            dimension,
            ...masks.map((mask) => decimal(mask[dimension], 3)),
          ]),
        ),
        "Every mask's numbers",
      ),
    ],
    charts: [bars, map],
    pictures: [],
  };
}

function activeText(notions: readonly string[], active: readonly number[]): string {
  return notions.map((notion, row) => `${notion} uses ${active[row]}`).join(", ");
}
