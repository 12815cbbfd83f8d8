/**
 * How points are laid out in the plane; the same settings and points give the same layout, bit by
 * bit.
 */
export interface LayoutSettings {
  /** Neighbours of a point that are to stay near it. */
  readonly neighbours: number;
  /** How near points may come in the plane. */
  readonly minimumDistance: number;
  /** Steps of the optimisation. */
  readonly epochs: number;
  /** Seed of all that is random. */
  readonly seed: number;
  /** Points that are laid out, where others are placed by them. @default {all} */
  readonly sample?: number;
}

/**
 * Neighbours as McInnes, Healy, Melville (UMAP, 2018) take them by default. Points keep farther
 * from each other than theirs (0.1): a map shows one image of each cell, and groups that are drawn
 * together would hide most.
 */
export const defaultLayout: Omit<LayoutSettings, "seed"> = {
  neighbours: 15,
  minimumDistance: 0.5,
  epochs: 300,
};
