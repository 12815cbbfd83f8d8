import { csvLine } from "../files/csv_line.ts";
import type { Sweep } from "./sweep_points.ts";

/**
 * A sweep as a table: of each point the mean over seeds (seed "mean", with its 95 % interval) and
 * each seed. Errors are shares.
 */
export function sweepCsv({ points }: Sweep): string {
  const rows = points.flatMap(({ variant, triplets, error, seeds }) => [
    [variant, triplets, "mean", error.value, error.low, error.high],
    ...seeds.map((each) => [variant, triplets, each.seed, each.error, "", ""]),
  ]);
  return [["variant", "triplets", "seed", "error", "low", "high"], ...rows]
    .map((row) => csvLine(row.map(String))).join("");
}
