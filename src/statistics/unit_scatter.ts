import { meanOf } from "./mean.ts";

/** How an estimate scatters over other images of the same kind. */
export interface Scatter {
  /** Its variance. */
  readonly variance: number;
  /** Independent units that it is known from: images, or groups of them. */
  readonly units: number;
}

/**
 * The scatter of an estimate by what each image adds to it, `influences` [n], whose mean is taken
 * off: with S the sums over units, V = U / (U - 1) sum S^2. Units are the images, or groups of them
 * where `groups` [n] numbers each image's. Of a mean, an image adds its value's distance from the
 * mean over n, and V is s^2 / n. NaN for fewer than two units.
 */
export function scatterOf(influences: Float64Array, groups?: ArrayLike<number>): Scatter {
  const mean = meanOf(influences);
  const sums = new Map<number, number>();
  influences.forEach((each, image) => {
    const unit = groups?.[image] ?? image;
    sums.set(unit, (sums.get(unit) ?? 0) + each - mean);
  });
  const units = sums.size;
  const squares = sums.values().reduce((total, sum) => total + sum * sum, 0);
  return { variance: units < 2 ? NaN : units / (units - 1) * squares, units };
}
