import type { Sweep } from "../reporting/sweep.ts";
import { percent, table } from "./format.ts";

/** The table that `sweep` prints. */
export function sweepText({ points, seeds, epochs }: Sweep): string {
  return [
    `Error on the test triplets after epoch ${epochs}, mean of seeds ${seeds.join(", ")};`,
    "95 % intervals over test images, the seeds beside them:",
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
