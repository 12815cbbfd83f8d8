import { nameOfAll } from "../sets/all_notions.ts";
import type { ComparedVariant, Comparison } from "../experiment/comparison.ts";
import type { Interval } from "../statistics/estimate.ts";
import { aheadOf } from "../experiment/estimate_differences.ts";
import { fewUnits } from "../statistics/test_units.ts";
import { duration, percent, table } from "./format.ts";

/** The tables that `compare` prints: errors, differences, and what they cost. */
export function comparisonText(comparison: Comparison): string {
  const { seeds, testTriplets, testImages, epochs, trainTriplets, notions } = comparison;
  return [
    `Error on ${testTriplets} test triplets of ${testImages} images, mean of seeds ${
      seeds.join(", ")
    }.`,
    `Each run: ${trainTriplets} training triplets a notion; tested is the best of ${epochs} epochs on validation.`,
    ...unitsLines(comparison),
    "",
    table(
      [
        "variant",
        "notion",
        "error",
        "95 % interval",
        "± images",
        "± runs",
        "lowest and highest seed",
      ],
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

/** What the intervals are over. */
export function unitsLines(
  { seeds, units }: Pick<Comparison, "seeds" | "units">,
): string[] {
  const others = units.kind === "groups"
    ? `other groups of images (there are ${units.count})`
    : "other test images";
  const lines = seeds.length === 1
    ? [
      `Intervals are of these very networks on ${others}: one seed says nothing of other training runs.`,
    ]
    : [
      `Intervals hold what ${others} and other training runs could give, 95 of 100 times; ± are the standard errors of each.`,
    ];
  const warning = fewUnits(units);
  return warning === null ? lines : [...lines, warning];
}

/** None for a variant that stands alone. */
function differenceLines({ differences, notions, seeds }: Comparison): string[] {
  if (differences.length === 0) return [];
  const count = differences.length * (1 + notions.length);
  return [
    "",
    `Differences on the same triplets, in percentage points. The second interval is one of ${count} that hold all at once 95 of`,
    "100 times: only what it separates from 0 is ahead. Seeds to show: with how many, four times in five, a difference",
    "of this size would be seen if it were looked at alone.",
    "",
    table(
      [
        "difference",
        "notion",
        "points",
        "95 % interval",
        `all ${count} at once`,
        "ahead",
        "seeds to show",
      ],
      differences.flatMap((difference) => {
        const { a, b, error, notions: each } = difference;
        const rows = [{ name: nameOfAll(notions), error }, ...each];
        return withFirst(`${a} - ${b}`, rows, ({ name, error }) => [
          name,
          points(error.value),
          span(error),
          error.simultaneous === null ? "not known" : span(error.simultaneous),
          seeds.length === 1 ? "one seed" : aheadOf({ a, b, error }) ?? "not shown",
          error.seedsToShow === null ? "" : String(error.seedsToShow),
        ]);
      }),
    ),
  ];
}

function errorRows(variant: ComparedVariant, notions: readonly string[]): string[][] {
  return withFirst(
    variant.variant,
    [{ name: nameOfAll(notions), error: variant.error }, ...variant.notions],
    ({ name, error }, row) => {
      const each = variant.seeds.map((seed) => [seed.error, ...seed.notions][row]);
      return [
        name,
        percent(error.value),
        interval(error),
        sourceText(error.images),
        sourceText(error.runs),
        `${percent(Math.min(...each))} to ${percent(Math.max(...each))}`,
      ];
    },
  );
}

/** A standard error; none where there is no other run, or too few images. */
function sourceText(error: number | null): string {
  return error === null ? "not known" : (100 * error).toFixed(2);
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

function interval({ low, high }: Interval): string {
  return `${percent(low)} to ${percent(high)}`;
}

function span({ low, high }: Interval): string {
  return `${points(low)} to ${points(high)}`;
}

/** A difference of shares in percentage points, with its sign. */
function points(difference: number): string {
  return `${difference < 0 ? "-" : "+"}${Math.abs(100 * difference).toFixed(2)}`;
}
