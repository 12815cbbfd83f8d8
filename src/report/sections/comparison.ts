import type { Comparison, VariantDifference } from "../../experiment/comparison.ts";
import { nameOfAll } from "../../sets/all_notions.ts";
import { isShown } from "../../experiment/seed_differences.ts";
import { paragraph } from "../html.ts";
import { intervalChart } from "../charts/interval_chart.ts";
import { count, percentWithInterval, pointsWithInterval } from "../charts/numbers.ts";
import { chartFigure, epochsAndSeeds, madeBy, type Section, table } from "../page_parts.ts";

/** The variants of a comparison side by side. */
export function comparisonSection(comparison: Comparison): Section {
  const { data, notions, variants, differences } = comparison;
  const all = nameOfAll(notions);
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
      paragraph`Paired differences of errors, in percentage points, with two 95 % intervals. That over images is of these
very networks on other test images; that over seeds, by Student's t, is of other training runs on the same images. A
difference is shown where the interval over seeds does not hold 0. ${shownText(differences)}`,
      table(
        ["difference", "95 % interval over", all, ...notions],
        differences.flatMap(({ a, b, error, notions, overSeeds }) => [
          [
            `${a} − ${b}`,
            "images",
            ...[error, ...notions.map((notion) => notion.error)].map(pointsWithInterval),
          ],
          [
            "",
            "seeds",
            ...overSeeds === null
              ? new Array(1 + notions.length).fill("not known: one seed")
              : [overSeeds.error, ...overSeeds.notions.map((notion) => notion.error)]
                .map(pointsWithInterval),
          ],
        ]),
      ),
      madeBy(comparison.command),
    ],
    charts: [chart],
    pictures: [],
  };
}

/** Which differences of all triplets are shown, and which are not. */
function shownText(differences: readonly VariantDifference[]): string {
  const of = (wanted: boolean | null) =>
    differences.filter((difference) => isShown(difference) === wanted)
      .map(({ a, b }) => `${a} − ${b}`).join(", ");
  return [
    ["Shown over all triplets: ", of(true)],
    ["Not shown: ", of(false)],
    ["Not known, because there is one seed: ", of(null)],
  ].map(([what, which]) => which === "" ? "" : `${what}${which}. `).join("");
}
