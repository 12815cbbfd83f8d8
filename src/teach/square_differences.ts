import type { Embeddings } from "../search/embeddings.ts";

/** What weights of dimensions are fitted to. */
export interface SquareDifferences {
  /** [n, D]: (anchor - far)^2 - (anchor - near)^2 of each triplet and dimension, in `units`. */
  readonly values: Float64Array;
  /** [D]: what they were divided by; weights are in 1 / unit. */
  readonly units: Float64Array;
}

/** A dimension in which nothing differs is not made larger without end. */
const smallest = 1e-6;

/**
 * The squared differences of triplets, [3 n] rows of embeddings. The unit of a dimension is the
 * geometric mean of its own size and that of all: how far images lie apart in a dimension was
 * learned, and says something of how much it means, but less than that. (Of their own sizes, and of
 * one for all, either is worse for some notions of the fonts set; see docs/teach.md.)
 */
export function squareDifferences(
  { vectors, dimension }: Embeddings,
  triplets: ArrayLike<number>,
): SquareDifferences {
  const count = triplets.length / 3;
  const values = new Float64Array(count * dimension);
  const squares = new Float64Array(dimension);
  for (let i = 0; i < count; i++) {
    const [anchor, far, near] = [0, 1, 2].map((role) => triplets[3 * i + role] * dimension);
    for (let d = 0; d < dimension; d++) {
      const value = (vectors[anchor + d] - vectors[far + d]) ** 2 -
        (vectors[anchor + d] - vectors[near + d]) ** 2;
      values[i * dimension + d] = value;
      squares[d] += value * value;
    }
  }
  const all = Math.sqrt(squares.reduce((sum, each) => sum + each, 0) / values.length) || 1;
  const units = squares.map((each) =>
    Math.sqrt(all * Math.max(Math.sqrt(each / count), smallest * all))
  );
  return { values: values.map((value, at) => value / units[at % dimension]), units };
}
