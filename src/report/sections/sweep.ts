import type { Sweep } from "../../experiment/sweep_points.ts";
import { unitsText } from "./comparison.ts";
import { paragraph } from "../html.ts";
import { intervalChart } from "../charts/interval_chart.ts";
import { count, percentWithInterval } from "../charts/numbers.ts";
import { chartFigure, epochsAndSeeds, madeBy, type Section, table } from "../page_parts.ts";

/** Error against the number of training triplets, as Figure 9 of the paper. */
export function sweepSection(sweep: Sweep): Section {
  const { data, points } = sweep;
  const variants = [...new Set(points.map(({ variant }) => variant))];
  const counts = [...new Set(points.map(({ triplets }) => triplets))].sort((a, b) => a - b);
  const errorOf = (variant: string, triplets: number) =>
    points.find((each) => each.variant === variant && each.triplets === triplets)?.error ?? null;
  const series = variants.map((variant) => ({
    name: variant,
    estimates: counts.map((triplets) => errorOf(variant, triplets)),
  }));
  const chart = intervalChart({
    name: "sweep",
    alt: `Test error against training triplets a notion, from ${count(counts[0])} to ${
      count(counts[counts.length - 1])
    }, of ${variants.join(", ")}`,
    width: 860,
    height: 400,
  }, {
    places: counts,
    placesAre: "training triplets a notion",
    valuesAre: "test error",
    series,
    isJoined: true,
  });
  return {
    id: "sweep",
    title: "Error and training triplets",
    content: [
      paragraph`Test error on ${data} by the number of training triplets a notion, with 95 % intervals:
${epochsAndSeeds(sweep)}. ${unitsText(sweep)}`,
      chartFigure(chart),
      table(
        ["triplets a notion", ...variants],
        counts.map((triplets, place) => [
          count(triplets),
          ...series.map(({ estimates }) => {
            const error = estimates[place];
            return error === null ? "–" : percentWithInterval(error);
          }),
        ]),
      ),
      madeBy(sweep.command),
    ],
    charts: [chart],
    pictures: [],
  };
}
