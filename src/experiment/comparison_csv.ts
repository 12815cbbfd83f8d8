import { csvLine } from "../files/csv_line.ts";
import type { Estimate } from "../statistics/estimate.ts";
import { nameOfAll } from "../sets/all_notions.ts";
import type { Comparison, NotionEstimate, SeedDifference, SeedResult } from "./comparison.ts";

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
  "seeds_low",
  "seeds_high",
];

/**
 * A comparison as a table: of each variant the means over seeds (seed "mean", with 95 % intervals
 * over test images) and each seed; of every two variants the difference (column "minus": the one
 * taken away) alike, its mean with the interval over seeds, too. For all triplets (notion "all", or
 * "all notions" where a notion is called so) and each notion. What is not known of a row is empty;
 * errors are shares.
 */
export function comparisonCsv({ notions, variants, differences }: Comparison): string {
  const names = [nameOfAll(notions), ...notions];
  const rows = [
    ...variants.flatMap(({ variant, error, notions: each, ties, seeds }) => [
      ...meanRows([variant, "", "mean"], names, estimatesOf({ error, notions: each }), { ties }),
      ...seeds.flatMap((result) => seedRows([variant, ""], names, result, costOf(result))),
    ]),
    ...differences.flatMap(({ a, b, error, notions: each, seeds, overSeeds }) => [
      ...meanRows([a, b, "mean"], names, estimatesOf({ error, notions: each }), {
        overSeeds: overSeeds === null ? [] : estimatesOf(overSeeds),
      }),
      ...seeds.flatMap((result) => seedRows([a, b], names, result, [])),
    ]),
  ];
  return [header, ...rows].map((row) => csvLine(row)).join("");
}

/** The estimate of all notions, then that of each. */
function estimatesOf(
  { error, notions }: { error: Estimate; notions: readonly NotionEstimate[] },
): Estimate[] {
  return [error, ...notions.map((notion) => notion.error)];
}

/** A row of means for all notions and each one. */
function meanRows(
  lead: readonly string[],
  names: readonly string[],
  estimates: readonly Estimate[],
  { ties, overSeeds = [] }: { ties?: number; overSeeds?: readonly Estimate[] },
): string[][] {
  return names.map((name, row) => {
    const { value, low, high } = estimates[row];
    const seeds = overSeeds[row];
    return [
      ...lead,
      name,
      ...[value, low, high].map(String),
      ties === undefined || row > 0 ? "" : String(ties),
      ...["", "", "", ""],
      ...seeds === undefined ? ["", ""] : [String(seeds.low), String(seeds.high)],
    ];
  });
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
