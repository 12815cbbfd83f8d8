import type { Comparison } from "../../experiment/comparison.ts";
import { nameOfAll } from "../../sets/all_notions.ts";
import { aheadOf } from "../../experiment/estimate_differences.ts";
import { fewUnits } from "../../statistics/test_units.ts";
import { paragraph } from "../html.ts";
import { intervalChart } from "../charts/interval_chart.ts";
import { count, percentWithInterval, pointsWithInterval } from "../charts/numbers.ts";
import { chartFigure, epochsAndSeeds, madeBy, type Section, table } from "../page_parts.ts";

/** The variants of a comparison side by side. */
export function comparisonSection(comparison: Comparison): Section {
  const { data, notions, variants, differences } = comparison;
  const all = nameOfAll(notions);
  const places = 1 + notions.length;
  const epochsText = epochsAndSeeds(comparison);
  const chart = intervalChart({
    name: "comparison",
    alt: `Test error with 95 % intervals: ${
      variants.map(({ variant, error }) => `${variant} ${percentWithInterval(error)}`).join(", ")
    }`,
    width: 860,
    height: 400,
  }, {
    places: [all, ...notions],
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
        ["variant", all, ...notions, "ties", "runs"],
        variants.map(({ variant, error, notions, ties, seeds }) => [
          variant,
          percentWithInterval(error),
          ...notions.map((notion) => percentWithInterval(notion.error)),
          count(ties),
          seeds.length,
        ]),
      ),
      paragraph`${unitsText(comparison)}`,
      paragraph`Differences of errors on the same triplets, in percentage points. The first interval is of a difference looked at
alone; those at once hold all ${
        count(differences.length * places)
      } differences together 95 of 100 times. A variant is ahead
where the interval at once does not hold 0. ${aheadText(comparison)}`,
      table(
        ["difference", "95 % interval", all, ...notions],
        differences.flatMap(({ a, b, error, notions }) => {
          const errors = [error, ...notions.map((notion) => notion.error)];
          return [
            [`${a} − ${b}`, "alone", ...errors.map(pointsWithInterval)],
            [
              "",
              "at once",
              ...errors.map(({ value, simultaneous }) =>
                simultaneous === null ? "not known" : pointsWithInterval({ value, ...simultaneous })
              ),
            ],
            ["", "seeds to show it", ...errors.map(({ seedsToShow }) => seedsToShow ?? "–")],
          ];
        }),
      ),
      madeBy(comparison.command),
    ],
    charts: [chart],
    pictures: [],
  };
}

/** What the intervals are over. */
export function unitsText(
  { format, seeds, units }: Pick<Comparison, "format" | "seeds" | "units">,
): string {
  if (format === 1) {
    return "These results are of an older csn: intervals are of these very networks on other test images, and say nothing of other training runs.";
  }
  const others = units.kind === "groups"
    ? `other groups of images (there are ${count(units.count)})`
    : "other test images";
  return [
    seeds.length === 1
      ? `Intervals are of these very networks on ${others}: one seed says nothing of other training runs.`
      : `Intervals hold, 95 of 100 times, what ${others} and other training runs would give.`,
    fewUnits(units) ?? "",
  ].join(" ").trim();
}

/** Which variants are ahead over all triplets, and which differences are not shown. */
function aheadText({ differences, seeds, format }: Comparison): string {
  if (format === 1 || seeds.length === 1) return "";
  const ahead = differences.flatMap((difference) => {
    const better = aheadOf(difference);
    if (better === null) return [];
    return [`${better} of ${better === difference.a ? difference.b : difference.a}`];
  });
  const others = differences.filter((difference) => aheadOf(difference) === null)
    .map(({ a, b }) => `${a} − ${b}`);
  return [["Ahead over all triplets: ", ahead], ["Not shown: ", others]]
    .map(([what, which]) => which.length === 0 ? "" : `${what}${(which as string[]).join(", ")}. `)
    .join("");
}
