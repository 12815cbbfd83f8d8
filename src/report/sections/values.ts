import { type Content, markup, paragraph } from "../html.ts";
import { count, decimal, percent } from "../charts/numbers.ts";
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
  const withChance = (value: number, chance: number) => `${percent(value)} (${percent(chance)})`;
  return [
    heading("Retrieval"),
    paragraph`Each query ranks the other images by distance under the notion's mask: is the nearest alike (R@1),
is one of the ten nearest (R@10), and how early come all that are (mean average precision). In brackets what a
ranking at random is expected to score.`,
    table(
      ["notion", "R@1", "R@10", "mAP", "queries", "images"],
      retrieval.map((each) => [
        each.notion,
        withChance(each.recallAt1, each.chance.recallAt1),
        withChance(each.recallAt10, each.chance.recallAt10),
        withChance(each.meanAveragePrecision, each.chance.meanAveragePrecision),
        count(each.queries),
        count(each.gallery),
      ]),
    ),
  ];
}

function ordinalPart({ ordinal }: ReportData["analysis"]): Content {
  if (ordinal.length === 0) return null;
  return [
    heading("Order"),
    paragraph`Of notions whose values have an order: Spearman's correlation of the distance of two images with
the difference of their values.`,
    table(
      ["notion", "Spearman's ρ", "pairs"],
      ordinal.map(({ notion, spearman, pairs }) => [notion, decimal(spearman), count(pairs)]),
    ),
  ];
}

function probePart({ probe }: ReportData["analysis"]): Content {
  if (probe.length === 0) return null;
  return [
    heading("Off-task: linear probes"),
    paragraph`How well a linear classifier on the unmasked embedding predicts columns that the model was not trained
on, beside always guessing the commonest value.`,
    table(
      ["column", "accuracy", "commonest value", "values", "fitted on", "scored on"],
      probe.map(({ column, accuracy, majority, classes, train, test }) => [
        column,
        percent(accuracy),
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
