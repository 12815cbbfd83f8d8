/** What `scan()` promises, by the plainest loop there is, and numbers to hold it against. */
import assert from "node:assert/strict";
import type { Measure, Scan, ScanOptions } from "../../src/search/asked_scan.ts";
import { EmbeddingMatrix } from "../../src/search/embedding_matrix.ts";
import type { Ranking } from "../../src/search/plain_scan.ts";
import { scan } from "../../src/search/scan.ts";

/** Numbers that are the same in every run, some clusters of rows among them. */
export function numbers(count: number, seed = 1): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}

/** What `scan()` promises, by the plainest loop there is. */
function naive(
  vectors: ArrayLike<number>,
  dimension: number,
  query: ArrayLike<number>,
  measure: Measure,
  { k = 10, keep }: ScanOptions = {},
): Ranking {
  const hits: { row: number; score: number }[] = [];
  for (let row = 0; row * dimension < vectors.length; row++) {
    if (keep !== undefined && keep[row] === 0) continue;
    const vector = Array.from({ length: dimension }, (_, d) => vectors[row * dimension + d]);
    const score = naiveScore(vector, query, measure);
    hits.push({ row, score });
  }
  const found = hits.sort((a, b) => {
    if (Number.isNaN(a.score) !== Number.isNaN(b.score)) return Number.isNaN(a.score) ? 1 : -1;
    return a.score < b.score ? -1 : a.score > b.score ? 1 : a.row - b.row;
  }).slice(0, k);
  return {
    rows: Uint32Array.from(found, ({ row }) => row),
    scores: Float64Array.from(found, ({ score }) => score),
  };
}

function naiveScore(x: number[], q: ArrayLike<number>, measure: Measure): number {
  let score = 0;
  if ("weights" in measure) {
    const { weights } = measure;
    x.forEach((value, d) => {
      if (weights[d] !== 0) score += weights[d] * ((q[d] - value) * (q[d] - value));
    });
    return score;
  }
  const terms = "terms" in measure ? measure.terms : [{ mask: measure.mask, weight: 1 }];
  for (const { mask, weight } of terms) {
    let square = 0;
    x.forEach((value, d) => square += (mask[d] * (q[d] - value) + 1e-6) ** 2);
    score += weight * square;
  }
  return score;
}

export async function agrees(
  vectors: Float32Array,
  dimension: number,
  queries: Float32Array,
  measure: Measure,
  options: ScanOptions & { readonly by?: Scan } = {},
): Promise<void> {
  using matrix = EmbeddingMatrix.of(vectors, dimension);
  await matrixAgrees(matrix, vectors, queries, measure, options);
}

export async function matrixAgrees(
  matrix: EmbeddingMatrix,
  vectors: ArrayLike<number>,
  queries: Float32Array,
  measure: Measure,
  { by = scan, ...options }: ScanOptions & { readonly by?: Scan } = {},
): Promise<void> {
  const { dimension } = matrix;
  const found = await by(matrix, queries, measure, options);
  assert.equal(found.length, queries.length / dimension);
  for (const [i, each] of found.entries()) {
    const query = queries.subarray(i * dimension, (i + 1) * dimension);
    assert.deepEqual(each, naive(vectors, dimension, query, measure, options), `query ${i}`);
  }
}

/** Of `vectors`, and of what is asked of them. */
export const dimension = 40;
/** [3000, 40] */
export const vectors = numbers(3000 * dimension);
/** [3, 40]: so few that rows are scored one by one. */
export const queries = numbers(3 * dimension, 7);
/** [20, 40]: so many that rows are scored by a product. */
export const many = numbers(20 * dimension, 8);
export const weights = Float64Array.from(numbers(dimension, 3), Math.abs);
export const signed = Float64Array.from(numbers(dimension, 4));
export const mask = numbers(dimension, 5).map((value, d) => d % 3 === 0 ? 0 : Math.abs(value));
export const other = numbers(dimension, 6).map((value, d) => d % 2 === 0 ? 0 : Math.abs(value));
