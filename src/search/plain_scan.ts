import type { EmbeddingMatrix } from "./embedding_matrix.ts";

/** Rows that are nearest to a query, the nearest first, equal ones by position. */
export interface Ranking {
  /** Their positions in the matrix. */
  readonly rows: Uint32Array;
  /**
   * Their scores. By weights w: sum over d of w[d] (q[d] - x[d])^2. By a mask: `squaredDistance()`;
   * by a mixture: the sum of its terms' weights times that.
   */
  readonly scores: Float64Array;
}

/**
 * The sum over the terms of factor * sum over d of weight * (mask * (q - x) + epsilon)^2; dimensions
 * of weight 0 are not looked at.
 */
export interface Terms {
  /** [terms] */
  readonly factors: Float64Array<ArrayBuffer>;
  /** [terms, D] */
  readonly weights: Float64Array<ArrayBuffer>;
  /** [terms, D] */
  readonly masks: Float64Array<ArrayBuffer>;
  readonly epsilon: number;
}

/**
 * What `scan()` gives, by a plain loop over all rows: for what is too small to be worth libtorch,
 * and what tests hold it against.
 */
export function plainScan(
  matrix: EmbeddingMatrix,
  queries: Float32Array,
  terms: Terms,
  { k, keep }: { readonly k: number; readonly keep?: Uint8Array },
): Ranking[] {
  const { count, dimension } = matrix;
  const all = Uint32Array.from({ length: count }, (_, row) => row)
    .filter((row) => keep === undefined || keep[row] !== 0);
  const found: Ranking[] = [];
  for (let at = 0; at < queries.length; at += dimension) {
    const scores = plainScores(matrix, queries.subarray(at, at + dimension), terms);
    const rows = all.toSorted((a, b) => compareScores(scores[a], scores[b]) || a - b).slice(0, k);
    found.push({ rows, scores: Float64Array.from(rows, (row) => scores[row]) });
  }
  return found;
}

/** Lower scores first, what is not a number last. */
export function compareScores(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Scores [N] of all rows. */
function plainScores(
  matrix: EmbeddingMatrix,
  query: Float32Array,
  { factors, weights, masks, epsilon }: Terms,
): Float64Array {
  const scores = new Float64Array(matrix.count);
  for (let row = 0; row < scores.length; row++) {
    const vector = matrix.row(row);
    for (let term = 0, at = 0; term < factors.length; term++) {
      let sum = 0;
      for (let d = 0; d < vector.length; d++, at++) {
        if (weights[at] === 0) continue;
        const difference = masks[at] * (query[d] - vector[d]) + epsilon;
        sum += weights[at] * (difference * difference);
      }
      scores[row] += factors[term] * sum;
    }
  }
  return scores;
}
