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

/** Rows of more neighbours are sorted; fewer are kept in order while the others pass. */
const mostKept = 256;

/** Rows that are scored at a time. */
const rowsAtOnce = 4096;

/**
 * What `scan()` gives, by a plain loop over all rows: for what is too small to be worth libtorch,
 * for a browser, and what tests hold it against.
 */
export function plainScan(
  matrix: EmbeddingMatrix,
  queries: Float32Array,
  terms: Terms,
  { k, keep }: { readonly k: number; readonly keep?: Uint8Array },
): Ranking[] {
  const found: Ranking[] = [];
  for (let at = 0; at < queries.length; at += matrix.dimension) {
    const query = queries.subarray(at, at + matrix.dimension);
    found.push((k > mostKept ? sortedRows : keptRows)(matrix, query, terms, { k, keep }));
  }
  return found;
}

/** Lower scores first, what is not a number last. */
export function compareScores(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What of a matrix is asked for. */
interface Wanted {
  readonly k: number;
  readonly keep?: Uint8Array;
}

function sortedRows(
  matrix: EmbeddingMatrix,
  query: Float32Array,
  terms: Terms,
  { k, keep }: Wanted,
): Ranking {
  const scores = new Float64Array(matrix.count);
  for (const { first, vectors } of matrix.blocks(rowsAtOnce)) {
    scores.set(plainScores(vectors, query, terms), first);
  }
  const rows = Uint32Array.from({ length: matrix.count }, (_, row) => row)
    .filter((row) => keep === undefined || keep[row] !== 0)
    .sort((a, b) => compareScores(scores[a], scores[b]) || a - b)
    .slice(0, k);
  return { rows, scores: Float64Array.from(rows, (row) => scores[row]) };
}

function keptRows(
  matrix: EmbeddingMatrix,
  query: Float32Array,
  terms: Terms,
  { k, keep }: Wanted,
): Ranking {
  const rows = new Uint32Array(k);
  const best = new Float64Array(k);
  let size = 0;
  for (const { first, vectors } of matrix.blocks(rowsAtOnce)) {
    const scores = plainScores(vectors, query, terms);
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i];
      if (keep !== undefined && keep[first + i] === 0) continue;
      // Of equal ones the first stays.
      if (size === k && compareScores(score, best[k - 1]) >= 0) continue;
      let at = size < k ? size++ : k - 1;
      for (; at > 0 && compareScores(score, best[at - 1]) < 0; at--) {
        best[at] = best[at - 1];
        rows[at] = rows[at - 1];
      }
      best[at] = score;
      rows[at] = first + i;
    }
  }
  return { rows: rows.slice(0, size), scores: best.slice(0, size) };
}

/** Scores [n] of `vectors` [n, D]. */
function plainScores(
  vectors: Float32Array,
  query: Float32Array,
  { factors, weights, masks, epsilon }: Terms,
): Float64Array {
  const dimension = query.length;
  const scores = new Float64Array(vectors.length / dimension);
  for (let term = 0; term < factors.length; term++) {
    const from = term * dimension;
    for (let row = 0, at = 0; row < scores.length; row++) {
      let sum = 0;
      for (let d = 0; d < dimension; d++, at++) {
        const weight = weights[from + d];
        if (weight === 0) continue;
        const difference = masks[from + d] * (query[d] - vectors[at]) + epsilon;
        sum += weight * (difference * difference);
      }
      scores[row] += factors[term] * sum;
    }
  }
  return scores;
}
