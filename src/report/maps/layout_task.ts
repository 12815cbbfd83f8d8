import type { LayoutSettings } from "./layout_settings.ts";

/** Points that are to be laid out. */
export interface LayoutTask {
  /** [n, dimension] in C order. */
  readonly points: Float32Array;
  /** Numbers of a point. */
  readonly dimension: number;
  /** How. */
  readonly settings: LayoutSettings;
}
