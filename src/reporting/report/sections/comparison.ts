import type { Comparison } from "../../comparison.ts";
import { paragraph } from "../html.ts";
import { intervalChart } from "../interval_chart.ts";
import { count, percentWithInterval, pointsWithInterval } from "../numbers.ts";
import { chartFigure, epochsAndSeeds, madeBy, type Section, table } from "../page_parts.ts";

/** The variants of a comparison side by side. */
export function comparisonSection(comparison: Comparison): Section {
  const { data, notions, variants, differences } = comparison;
  const epochsText = epochsAndSeeds(comparison);
  const chart = intervalChart({
    name: "comparison",
    alt: `Test error with 95 % intervals: ${
      variants.map(({ variant, error }) => `${variant} ${percentWithInterval(error)}`).join(", ")
    }`,
    width: 860,
    height: 400,
  }, {
    places: ["all", ...notions],
    valuesAre: "test error",
    series: variants.map(({ variant, error, notions }) => ({
      name: variant,
      estimates: [error, ...notions.map((notion) => notion.error)],
    })),
  });
  return {
    id: "comparison",
    title: "Variants compared",
    content: [
      paragraph`Error on the ${
        count(comparison.testTriplets)
      } test triplets of ${data}, with 95 % intervals:
${
        count(comparison.trainTriplets)
      } training triplets a notion, ${epochsText}; all variants on the same triplets.`,
      chartFigure(chart),
      table(
        ["variant", "all", ...notions, "ties", "runs"],
        variants.map(({ variant, error, notions, ties, seeds }) => [
          variant,
          percentWithInterval(error),
          ...notions.map((notion) => percentWithInterval(notion.error)),
          count(ties),
          seeds.length,
        ]),
      ),
      paragraph`Paired differences of errors, in percentage points. An interval that does not hold 0 tells the two
apart.`,
      table(
        ["difference", "all", ...notions],
        differences.map(({ a, b, error, notions }) => [
          `${a} − ${b}`,
          pointsWithInterval(error),
          ...notions.map((notion) => pointsWithInterval(notion.error)),
        ]),
      ),
      madeBy(comparison.command),
    ],
    charts: [chart],
    pictures: [],
  };
}
