import type { ComparedVariant, Comparison, NotionEstimate } from "../reporting/comparison.ts";
import type { Estimate } from "../statistics/estimate.ts";
import { duration, percent, table } from "./format.ts";

/** The tables that `compare` prints: errors, differences, and what they cost. */
export function comparisonText(comparison: Comparison): string {
  const { seeds, testTriplets, testImages, epochs, trainTriplets, notions } = comparison;
  return [
    `Error on ${testTriplets} test triplets of ${testImages} images, mean of seeds ${
      seeds.join(", ")
    }.`,
    `Each run: ${trainTriplets} training triplets a notion; tested is the best of ${epochs} epochs on validation.`,
    "Intervals tell what other test images could have given, the seeds beside them what other runs gave.",
    "",
    table(
      ["variant", "notion", "error", "95 % interval", "lowest and highest seed"],
      comparison.variants.flatMap((variant) => errorRows(variant, notions)),
    ),
    ...differenceLines(comparison),
    "",
    "What it took, all seeds together:",
    "",
    table(
      ["variant", "ties", "triplets a seed", "images embedded", "time"],
      comparison.variants.map(costRow),
    ),
  ].join("\n");
}

/** None for a variant that stands alone. */
function differenceLines({ differences }: Comparison): string[] {
  if (differences.length === 0) return [];
  return [
    "",
    "Differences on the same triplets, in percentage points:",
    "",
    table(
      ["difference", "notion", "points", "95 % interval"],
      differences.flatMap(({ a, b, error, notions: each }) =>
        withFirst(`${a} - ${b}`, estimates(error, each), ({ name, error }) => [
          name,
          points(error.value),
          `${points(error.low)} to ${points(error.high)}`,
        ])
      ),
    ),
  ];
}

function errorRows(variant: ComparedVariant, notions: readonly string[]): string[][] {
  return withFirst(
    variant.variant,
    estimates(variant.error, variant.notions),
    ({ name, error }) => {
      const place = notions.indexOf(name);
      const each = variant.seeds.map((seed) => name === all ? seed.error : seed.notions[place]);
      return [
        name,
        percent(error.value),
        interval(error),
        `${percent(Math.min(...each))} to ${percent(Math.max(...each))}`,
      ];
    },
  );
}

/** How the row of all notions together is called. No notion's place is found for it. */
const all = "all";

function estimates(error: Estimate, notions: readonly NotionEstimate[]): NotionEstimate[] {
  return [{ name: all, error }, ...notions];
}

/** Rows of which only the first says what they are of. */
function withFirst<Item>(
  lead: string,
  items: readonly Item[],
  row: (item: Item) => string[],
): string[][] {
  return items.map((item, i) => [i === 0 ? lead : "", ...row(item)]);
}

function costRow({ variant, ties, seeds }: ComparedVariant): string[] {
  const sum = (pick: (seed: typeof seeds[number]) => number) =>
    seeds.reduce((total, seed) => total + pick(seed), 0);
  return [
    variant,
    String(ties),
    String(seeds[0].trainTriplets),
    String(sum(({ embeddedImages }) => embeddedImages)),
    duration(sum(({ seconds }) => seconds)),
  ];
}

function interval({ low, high }: Estimate): string {
  return `${percent(low)} to ${percent(high)}`;
}

/** A difference of shares in percentage points, with its sign. */
function points(difference: number): string {
  return `${difference < 0 ? "-" : "+"}${Math.abs(100 * difference).toFixed(2)}`;
}
