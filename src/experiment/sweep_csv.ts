import { csvLine } from "../files/csv_line.ts";
import type { Sweep } from "./sweep_points.ts";

/** The columns of sweep.csv. */
const header = [
  "variant",
  "triplets",
  "seed",
  "error",
  "low",
  "high",
  "images_error",
  "runs_error",
];

/**
 * A sweep as a table: of each point the mean over seeds (seed "mean", with its 95 % interval over
 * other images and runs, and the standard errors of both) and each seed. Errors are shares.
 */
export function sweepCsv({ points }: Sweep): string {
  const rows = points.flatMap(({ variant, triplets, error, seeds }) => [
    [
      ...[variant, triplets, "mean", error.value, error.low, error.high],
      ...[error.images ?? "", error.runs ?? ""],
    ],
    ...seeds.map((each) => [variant, triplets, each.seed, each.error, "", "", "", ""]),
  ]);
  return [header, ...rows].map((row) => csvLine(row.map(String))).join("");
}
