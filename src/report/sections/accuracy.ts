import { intervalChart } from "../charts/interval_chart.ts";
import { paragraph } from "../html.ts";
import { count, percentWithInterval } from "../charts/numbers.ts";
import { chartFigure, type Section, table } from "../page_parts.ts";
import { nameOfAll } from "../../sets/all_notions.ts";
import { seenSentence } from "../../analysis/seen_sentence.ts";
import { fewUnits } from "../../statistics/test_units.ts";
import type { ReportData } from "../report_data.ts";

/** How many triplets of the split the model orders rightly. */
export function accuracySection({ analysis }: ReportData): Section {
  const { accuracy, model: { notions } } = analysis;
  const total = analysis.triplets.reduce((sum, each) => sum + each, 0);
  const places = [nameOfAll(notions), ...notions];
  const estimates = [accuracy.all, ...accuracy.notions];
  const chart = intervalChart({
    name: "accuracy",
    alt: `Accuracy on the ${analysis.split} triplets: ${
      places.map((place, i) => `${place} ${percentWithInterval(estimates[i])}`).join(", ")
    }`,
    height: 320,
  }, {
    places,
    valuesAre: "triplets in the right order",
    series: [{ name: "accuracy", estimates }],
  });
  const triplets = [total, ...analysis.triplets];
  return {
    id: "accuracy",
    title: "Accuracy",
    content: [
      paragraph`Share of the ${analysis.split} triplets whose near image is nearer to the anchor than the
far one; a tie counts as wrong, and guessing gives 50 %. Intervals hold, 95 of 100 times, what this very
network would give on other ${
        accuracy.units.kind === "groups"
          ? `groups of images (there are ${count(accuracy.units.count)})`
          : "images"
      }; triplets that share one are not taken for independent. Another training run gives another network.
${fewUnits(accuracy.units) ?? ""}`,
      paragraph`${seenSentence(analysis)}`,
      chartFigure(chart),
      table(
        ["notion", "triplets", "accuracy (95 % interval)"],
        places.map((place, i) => [place, count(triplets[i]), percentWithInterval(estimates[i])]),
      ),
    ],
    charts: [chart],
    pictures: [],
  };
}
