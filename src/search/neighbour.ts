import type { HitChances } from "./calibration.ts";

/** One of the nearest entries. */
export interface Neighbour {
  /** Its name in the set. */
  readonly name: string;
  /** Its position in the set. */
  readonly index: number;
  /** Euclidean distance between the masked embeddings; of a mixture, see `Mixture`. */
  readonly distance: number;
}

/** Why an entry is where it is among the nearest. */
export interface Explanation {
  /**
   * By notion: what it adds to the squared distance, or to the score, in the order of the model's
   * notions. The parts add up to it.
   */
  readonly parts: Readonly<Record<string, number>>;
  /**
   * By notion: its part as a share of the squared distance; they add up to 1. Of a score, the share
   * of what like and unlike notions add in size: those of unlike notions are below 0, and without
   * their signs they add up to 1.
   */
  readonly shares: Readonly<Record<string, number>>;
  /** The three dimensions that count most, the first most, all notions together. */
  readonly dimensions: readonly DimensionShare[];
  /**
   * Which query image the distance is to, by its position: of several that must all match, the one
   * that is farthest away; else 0.
   */
  readonly query: number;
  /** By notion: what a person may be expected to say of it; only by a calibrated model. */
  readonly chances?: Readonly<Record<string, HitChances>>;
}

/** What one dimension of the embedding adds. */
export interface DimensionShare {
  /** Its number, from 0. */
  readonly dimension: number;
  /** Its part as a share, as in `Explanation.shares`. */
  readonly share: number;
}

/** One of the nearest entries by a notion or a mixture, and why. */
export interface ExplainedNeighbour extends Neighbour, Explanation {}

/** One of the best entries by notions of which some are to be unlike. */
export interface ScoredNeighbour extends Explanation {
  /** Its name in the set. */
  readonly name: string;
  /** Its position in the set. */
  readonly index: number;
  /**
   * The weighted squared distances by the like notions, less those by the unlike ones. The lowest
   * is the best; it may be below 0, and is no distance.
   */
  readonly score: number;
}
