/** A ranking: distances to what is relevant, to what is not, and which image each is. */
export interface Ranking {
  /** Distances to relevant images, in any order, with the images' numbers. */
  readonly relevant: Distances;
  /** Distances to the others. */
  readonly irrelevant: Distances;
}

/** Distances and the number of the image at each. */
export interface Distances {
  readonly distances: Float64Array;
  readonly images: ArrayLike<number>;
}
