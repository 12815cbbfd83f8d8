import { csvLine } from "../csv_line.ts";
import type { Estimate } from "../statistics/estimate.ts";
import type { Comparison, NotionEstimate, SeedResult } from "./comparison.ts";

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
];

/**
 * A comparison as a table: of each variant the means over seeds (seed "mean", with 95 % intervals) and each
 * seed, of every two variants the difference (column "minus": the one taken away), for all triplets (notion
 * "all") and each notion. What is not known of a row is empty; errors are shares.
 */
export function comparisonCsv({ notions, variants, differences }: Comparison): string {
  const rows = [
    ...variants.flatMap(({ variant, error, notions: each, ties, seeds }) => [
      ...estimateRows([variant, "", "mean"], error, each, String(ties)),
      ...seeds.flatMap((result) => seedRows(variant, result, notions)),
    ]),
    ...differences.flatMap(({ a, b, error, notions: each }) =>
      estimateRows([a, b, "mean"], error, each, "")
    ),
  ];
  return [header, ...rows].map((row) => csvLine(row)).join("");
}

function estimateRows(
  lead: readonly string[],
  error: Estimate,
  notions: readonly NotionEstimate[],
  ties: string,
): string[][] {
  const row = (name: string, { value, low, high }: Estimate, ties: string) => [
    ...lead,
    name,
    ...[value, low, high].map(String),
    ties,
    "",
    "",
    "",
    "",
  ];
  return [
    row("all", error, ties),
    ...notions.map((notion) => row(notion.name, notion.error, "")),
  ];
}

function seedRows(variant: string, result: SeedResult, notions: readonly string[]): string[][] {
  const { seed, error, ties, trainTriplets, embeddedImages, seconds, epoch } = result;
  const lead = [variant, "", String(seed)];
  return [
    [
      ...lead,
      "all",
      String(error),
      "",
      "",
      ...[ties, trainTriplets, embeddedImages, seconds, epoch].map(String),
    ],
    ...notions.map((name, row) => [
      ...lead,
      name,
      String(result.notions[row]),
      ...new Array(7).fill(""),
    ]),
  ];
}
