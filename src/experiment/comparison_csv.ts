import { csvLine } from "../files/csv_line.ts";
import type { Interval } from "../statistics/estimate.ts";
import type { MeanEstimate } from "../statistics/estimate_mean.ts";
import { nameOfAll } from "../sets/all_notions.ts";
import type { Comparison, DifferenceEstimate, SeedDifference, SeedResult } from "./comparison.ts";

/** The columns of compare.csv. */
const header = [
  "variant",
  "minus",
  "seed",
  "notion",
  "error",
  "low",
  "high",
  "ties",
  "train_triplets",
  "embedded_images",
  "seconds",
  "epoch",
  "images_error",
  "runs_error",
  "all_low",
  "all_high",
  "seeds_to_show",
];

/** Of a notion, or of all of them. */
interface Row {
  readonly name: string;
  readonly error: MeanEstimate & Partial<Pick<DifferenceEstimate, "simultaneous" | "seedsToShow">>;
}

/**
 * A comparison as a table: of each variant the means over seeds (seed "mean", with 95 % intervals
 * over other images and runs, and the standard errors of both) and each seed; of every two variants
 * the difference (column "minus": the one taken away) alike, its mean also with the interval that
 * holds for all differences at once. For all triplets (notion "all", or "all notions" where a
 * notion is called so) and each notion. What is not known of a row is empty; errors are shares.
 */
export function comparisonCsv({ notions, variants, differences }: Comparison): string {
  const all = nameOfAll(notions);
  const names = [all, ...notions];
  const rows = [
    ...variants.flatMap(({ variant, error, notions: each, ties, seeds }) => [
      ...[{ name: all, error }, ...each].map((row, i) =>
        meanRow([variant, ""], row, i === 0 ? String(ties) : "")
      ),
      ...seeds.flatMap((result) => seedRows([variant, ""], names, result, costOf(result))),
    ]),
    ...differences.flatMap(({ a, b, error, notions: each, seeds }) => [
      ...[{ name: all, error }, ...each].map((row) => meanRow([a, b], row, "")),
      ...seeds.flatMap((result) => seedRows([a, b], names, result, [])),
    ]),
  ];
  return [header, ...rows].map((row) => csvLine(row)).join("");
}

/** A row of means. */
function meanRow(lead: readonly string[], { name, error }: Row, ties: string): string[] {
  const { value, low, high, images, runs, simultaneous, seedsToShow } = error;
  return [
    ...lead,
    "mean",
    name,
    ...[value, low, high].map(String),
    ties,
    ...["", "", "", ""],
    ...[images, runs, ...ends(simultaneous), seedsToShow].map(text),
  ];
}

function ends(interval: Interval | null | undefined): (number | null)[] {
  return interval === null || interval === undefined ? [null, null] : [interval.low, interval.high];
}

function text(value: number | null | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

/** A row of one seed for all notions, with what it cost, and each one. */
function seedRows(
  lead: readonly string[],
  names: readonly string[],
  { seed, error, notions }: SeedDifference,
  cost: readonly number[],
): string[][] {
  return names.map((name, row) => {
    const cells = [...lead, String(seed), name, String([error, ...notions][row]), "", ""];
    if (row === 0) cells.push(...cost.map(String));
    return [...cells, ...new Array(header.length - cells.length).fill("")];
  });
}

function costOf({ ties, trainTriplets, embeddedImages, seconds, epoch }: SeedResult): number[] {
  return [ties, trainTriplets, embeddedImages, seconds, epoch];
}
