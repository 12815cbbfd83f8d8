/** A 95 % interval. */
export interface Interval {
  /** Its lower end. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/** A number and its 95 % interval. */
export interface Estimate extends Interval {
  /** What was measured. */
  readonly value: number;
}

/**
 * The value below which `share` of `sorted` (ascending, not empty) lies, interpolated between
 * neighbours.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
