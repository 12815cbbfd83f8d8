import { nameOfAll } from "../sets/all_notions.ts";
import type { ComparedVariant, Comparison, NotionEstimate } from "../experiment/comparison.ts";
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
    "Intervals cover what other test images could have given; the seeds beside them show what other runs gave.",
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
function differenceLines({ differences, notions, seeds }: Comparison): string[] {
  if (differences.length === 0) return [];
  return [
    "",
    "Differences on the same triplets, in percentage points. The interval over images is of these very networks on other",
    `test images; the one over seeds (Student's t of ${seeds.length} paired differences) is of other training runs. Only what`,
    "the interval over seeds separates from 0 is shown.",
    "",
    table(
      ["difference", "notion", "points", "95 % over images", "95 % over seeds", ""],
      differences.flatMap(({ a, b, error, notions: each, overSeeds }) =>
        withFirst(`${a} - ${b}`, places(error, each, notions), ({ name, error }, row) => {
          const seeds = overSeeds && [overSeeds, ...overSeeds.notions][row].error;
          return [name, points(error.value), span(error), ...seedCells(seeds)];
        })
      ),
    ),
  ];
}

/** The interval over seeds, and what follows. */
function seedCells(interval: Estimate | null): string[] {
  if (interval === null) return ["one seed", "not known"];
  return [span(interval), interval.low > 0 || interval.high < 0 ? "shown" : "not shown"];
}

function errorRows(variant: ComparedVariant, notions: readonly string[]): string[][] {
  return withFirst(
    variant.variant,
    places(variant.error, variant.notions, notions),
    ({ name, error }, row) => {
      const each = variant.seeds.map((seed) => [seed.error, ...seed.notions][row]);
      return [
        name,
        percent(error.value),
        interval(error),
        `${percent(Math.min(...each))} to ${percent(Math.max(...each))}`,
      ];
    },
  );
}

/** All notions together, then each one. */
function places(
  error: Estimate,
  each: readonly NotionEstimate[],
  notions: readonly string[],
): NotionEstimate[] {
  return [{ name: nameOfAll(notions), error }, ...each];
}

/** Rows of which only the first says what they are of. */
function withFirst<Item>(
  lead: string,
  items: readonly Item[],
  row: (item: Item, place: number) => string[],
): string[][] {
  return items.map((item, i) => [i === 0 ? lead : "", ...row(item, i)]);
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

function span({ low, high }: Estimate): string {
  return `${points(low)} to ${points(high)}`;
}

/** A difference of shares in percentage points, with its sign. */
function points(difference: number): string {
  return `${difference < 0 ? "-" : "+"}${Math.abs(100 * difference).toFixed(2)}`;
}
