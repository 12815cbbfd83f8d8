import type { Sweep } from "../experiment/sweep_points.ts";
import { unitsLines } from "./comparison_table.ts";
import { percent, table } from "./format.ts";

/** The table that `sweep` prints. */
export function sweepText(sweep: Sweep): string {
  const { points, seeds, epochs } = sweep;
  return [
    `Error on the test triplets, mean of seeds ${
      seeds.join(", ")
    }; tested is the best of ${epochs} epochs on validation.`,
    ...unitsLines(sweep),
    "",
    table(
      ["variant", "triplets a notion", "error", "95 % interval", "lowest and highest seed"],
      points.map(({ variant, triplets, error, seeds: each }, i) => {
        const errors = each.map((seed) => seed.error);
        return [
          points[i - 1]?.variant === variant ? "" : variant,
          String(triplets),
          percent(error.value),
          `${percent(error.low)} to ${percent(error.high)}`,
          `${percent(Math.min(...errors))} to ${percent(Math.max(...errors))}`,
        ];
      }),
    ),
  ].join("\n");
}
