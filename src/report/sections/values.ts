import { fewestCorrelated, fewestRanked } from "../../statistics/interval.ts";
import { type Content, markup, paragraph } from "../html.ts";
import { count, decimal, decimalInterval, percent, percentInterval } from "../charts/numbers.ts";
import type { Interval } from "../../statistics/estimate.ts";
import { type Section, table } from "../page_parts.ts";
import type { ReportData } from "../report_data.ts";

/** What can be measured where the set knows values of its images; null where nothing was. */
export function valuesSection({ analysis }: ReportData): Section | null {
  const parts = [retrievalPart(analysis), ordinalPart(analysis), probePart(analysis)]
    .filter((part) => part !== null);
  if (parts.length === 0) return null;
  return {
    id: "values",
    title: "Measured by the set's values",
    content: parts,
    charts: [],
    pictures: [],
  };
}

function retrievalPart({ retrieval }: ReportData["analysis"]): Content {
  if (retrieval.length === 0) return null;
  const score = (value: number, found: Interval | null) =>
    `${percent(value)} (${percentInterval(found)})`;
  return [
    heading("Retrieval"),
    paragraph`Each query ranks the other images by distance under the notion's mask: is the nearest alike (R@1),
is one of the ten nearest (R@10), and how early come all that are (mean average precision). In brackets the
95 % interval for other images like these, as queries and among those that are ranked; mean average precision
has none of fewer than ${fewestRanked} images, or groups of them. It is longer than it need be near 0 and 100 %, and,
up to 1.3 times, where some fifty images have values of two images or three each. The last
columns hold what a ranking at random is expected to score.`,
    table(
      ["notion", "R@1", "R@10", "mAP", "queries", "images", "R@1 at random", "R@10", "mAP"],
      retrieval.map((each) => [
        each.notion,
        score(each.recallAt1, each.intervals.recallAt1),
        score(each.recallAt10, each.intervals.recallAt10),
        score(each.meanAveragePrecision, each.intervals.meanAveragePrecision),
        count(each.queries),
        count(each.gallery),
        percent(each.chance.recallAt1),
        percent(each.chance.recallAt10),
        percent(each.chance.meanAveragePrecision),
      ]),
    ),
  ];
}

function ordinalPart({ ordinal }: ReportData["analysis"]): Content {
  if (ordinal.length === 0) return null;
  return [
    heading("Order"),
    paragraph`Of notions whose values have an order: Spearman's correlation of the distance of two images with
the difference of their values, with its 95 % interval for other images like these (none of fewer than
${fewestCorrelated} images, or groups of them).`,
    table(
      ["notion", "Spearman's ρ", "95 % interval", "pairs"],
      ordinal.map(({ notion, spearman, interval, pairs }) => [
        notion,
        decimal(spearman),
        decimalInterval(interval),
        count(pairs),
      ]),
    ),
  ];
}

function probePart({ probe }: ReportData["analysis"]): Content {
  if (probe.length === 0) return null;
  return [
    heading("Off-task: linear probes"),
    paragraph`How well a linear classifier on the unmasked embedding predicts columns that the model was not trained
on, beside always guessing the commonest value. The 95 % interval is for other images like these, by the same
classifier.`,
    table(
      [
        "column",
        "accuracy",
        "95 % interval",
        "commonest value",
        "values",
        "fitted on",
        "scored on",
      ],
      probe.map(({ column, accuracy, interval, majority, classes, train, test }) => [
        column,
        percent(accuracy),
        percentInterval(interval),
        percent(majority),
        classes,
        count(train),
        count(test),
      ]),
    ),
  ];
}

function heading(text: string): Content {
  return markup`<h3>${text}</h3>
`;
}
