/**
 * Mean and standard deviation of each colour channel (red, green, blue) of pixels scaled to [0, 1].
 */
export interface Normalisation {
  /** Subtracted, a number a channel. */
  readonly mean: readonly [number, number, number];
  /** Divided by, a number a channel. */
  readonly std: readonly [number, number, number];
}
