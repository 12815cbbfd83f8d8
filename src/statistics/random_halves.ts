import { shuffled, streamFor } from "../base/random.ts";

/** Images that are split at random into two halves, many times. */
export interface RandomHalves {
  /** [image]: the number of its unit, from 0: itself, or its group. */
  readonly unitOf: Uint32Array;
  /** How many units there are. */
  readonly units: number;
  /** [split][image]: its half, 0 or 1. A unit is never torn; half 1 has the odd unit less. */
  readonly halves: readonly Uint8Array[];
  /** The share of units that half 1 has. */
  readonly share: number;
}

/**
 * Splits of images 0 to `count` - 1 that `seed` decides. `groups` numbers each image's, where those
 * are the units.
 */
export function randomHalves(
  count: number,
  { splits, seed, groups }: {
    readonly splits: number;
    readonly seed: number;
    readonly groups?: ArrayLike<number>;
  },
): RandomHalves {
  const numbers = new Map<number, number>();
  const unitOf = Uint32Array.from({ length: count }, (_, image) => {
    const unit = groups?.[image] ?? image;
    if (!numbers.has(unit)) numbers.set(unit, numbers.size);
    return numbers.get(unit)!;
  });
  const units = numbers.size;
  const halves = Array.from({ length: splits }, (_, split) => {
    const order = shuffled(units, seed, streamFor("halves", split));
    const isIn = new Uint8Array(units);
    for (let at = 0; at < units >> 1; at++) isIn[order[at]] = 1;
    return Uint8Array.from(unitOf, (unit) => isIn[unit]);
  });
  return { unitOf, units, halves, share: (units >> 1) / units };
}
