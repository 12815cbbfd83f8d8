import { shuffled, streamFor } from "../base/random.ts";

/**
 * Deals units, each with its size, to parts of about the same size; by a seed, and not by the order
 * in which they are given.
 */
export function dealt(
  sizes: ReadonlyMap<number, number>,
  parts: number,
  seed: number,
): Map<number, number> {
  const units = [...sizes.keys()].sort((a, b) => a - b);
  const order = shuffled(units.length, seed, streamFor("teach"));
  // The largest first, so that parts come out alike; of equal ones, as they are drawn.
  const drawn = Array.from(order, (place) => units[place])
    .sort((a, b) => sizes.get(b)! - sizes.get(a)!);
  const filled = new Array<number>(parts).fill(0);
  return new Map(drawn.map((unit) => {
    const smallest = filled.indexOf(Math.min(...filled));
    filled[smallest] += sizes.get(unit)!;
    return [unit, smallest];
  }));
}
