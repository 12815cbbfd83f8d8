/** The rows nearest to queries by weighted distance, exactly, on libtorch's executor. */
import { enqueue, isLibraryOpen, native } from "../native/library.ts";
import { type Measure, type ScanOptions, termsAsked } from "./asked_scan.ts";
import type { EmbeddingMatrix } from "./embedding_matrix.ts";
import { plainScan, type Ranking, type Terms } from "./plain_scan.ts";

/** Queries in one native call: others of the process get their turn in between. */
const queriesAtOnce = 512;

/**
 * The rows of `matrix` [N, D] with the least scores of each of `queries` [Q, D]: what a plain loop
 * in float64 gives, in its order, whatever the rows are stored as. What is not a number comes last.
 * Computes without blocking the event loop when libtorch is open, else by such a loop.
 *
 * Throws a UsageError for a `k` or weights that cannot be, a CsnError for what does not fit
 * together.
 */
export async function scan(
  matrix: EmbeddingMatrix,
  queries: Float32Array,
  measure: Measure,
  { k = 10, keep, signal }: ScanOptions = {},
): Promise<Ranking[]> {
  const terms = termsAsked(matrix, queries, measure, { k, keep });
  const group = queriesAtOnce * matrix.dimension;
  const found: Ranking[] = [];
  for (let at = 0; at < queries.length; at += group) {
    signal?.throwIfAborted();
    const some = queries.slice(at, at + group);
    const most = Math.min(k, matrix.count);
    if (most === 0 || !isLibraryOpen()) {
      found.push(...plainScan(matrix, some, terms, { k: most, keep }));
    } else found.push(...await nativeScan(matrix, some, terms, most, keep));
  }
  return found;
}

async function nativeScan(
  matrix: EmbeddingMatrix,
  queries: Float32Array<ArrayBuffer>,
  terms: Terms,
  k: number,
  keep: Uint8Array | undefined,
): Promise<Ranking[]> {
  const count = queries.length / matrix.dimension;
  const { rows, codes, scales, memory } = matrix.parts();
  const scores = new Float64Array(count * k);
  const found = new Uint32Array(count * k);
  const kept = keep?.slice() ?? null;
  const each = await enqueue(
    (err, cap) =>
      native().csn_scan(
        ...[rows?.handle ?? 0, codes?.handle ?? 0, scales?.handle ?? 0, memory] as const,
        ...[matrix.count, matrix.dimension, kept, queries, count] as const,
        ...[terms.factors.length, terms.factors, terms.weights, terms.masks] as const,
        ...[terms.epsilon, k, scores, found, err, cap] as const,
      ),
    (result) => result < 0,
    [matrix, rows, codes, scales, memory, kept, queries, terms, scores, found],
  );
  return Array.from({ length: count }, (_, query) => ({
    rows: found.slice(query * k, query * k + each),
    scores: scores.slice(query * k, query * k + each),
  }));
}
