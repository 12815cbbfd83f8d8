import type { EmbeddingMatrix } from "./embedding_matrix.ts";
import type { Ranking, ScanOptions, Terms } from "./scan.ts";

/**
 * What `scan()` gives, by a plain loop over all rows: for what is too small to be worth libtorch,
 * and what tests hold it against.
 */
export function plainScan(
  matrix: EmbeddingMatrix,
  queries: Float32Array,
  terms: Terms,
  { k = 10, keep }: Pick<ScanOptions, "k" | "keep">,
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
