import type { Place } from "./place.ts";

/**
 * The rows of `count` that rank `rank` of `world` takes: [from, to). The parts of all ranks are all
 * rows, their sizes differ by one at most, and that of rank 0 is empty only where there is no row.
 */
export function partOfRows(
  count: number,
  { rank, world }: Pick<Place, "rank" | "world">,
): [from: number, to: number] {
  return [Math.ceil(count * rank / world), Math.ceil(count * (rank + 1) / world)];
}
