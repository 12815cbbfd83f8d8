import type { Embeddings } from "../search/embeddings.ts";

/**
 * The variance of each dimension over all embeddings [D]; those without a value (NaN) do not count.
 * Two images drawn at random differ in a dimension by twice that, squared and on average.
 */
export function dimensionVariances(
  { vectors, dimension }: Pick<Embeddings, "vectors" | "dimension">,
): Float64Array {
  const means = new Float64Array(dimension);
  const squares = new Float64Array(dimension);
  let count = 0;
  for (let at = 0; at < vectors.length; at += dimension) {
    if (Number.isNaN(vectors[at])) continue;
    count++;
    for (let d = 0; d < dimension; d++) {
      // Welford's way: numbers far from 0 lose no digits.
      const from = vectors[at + d] - means[d];
      means[d] += from / count;
      squares[d] += from * (vectors[at + d] - means[d]);
    }
  }
  return squares.map((sum) => count === 0 ? 0 : sum / count);
}
