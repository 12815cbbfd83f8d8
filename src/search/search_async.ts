import { isLibraryOpen } from "../native/library.ts";
import { EmbeddingMatrix } from "./embedding_matrix.ts";
import type { Embeddings } from "./embeddings.ts";
import type { Criterion } from "./mixture.ts";
import { scan } from "./scan.ts";
import {
  type AskedSearch,
  byLoop,
  type FoundRows,
  type Owner,
  prepare,
  type Query,
  resultOf,
  type SearchOptions,
  type SearchResult,
} from "./search.ts";

/** With fewer rows a plain loop has ended before a native call has begun: see docs/speed.md. */
export const fewestScanned = 2_000;

/**
 * As `search`, with the same hits to the bit, without blocking the event loop: many rows are
 * compared on libtorch's executor when it is open. Where several images must all match, and for few
 * rows, it compares as `search` does.
 */
export async function searchAsync(
  query: Query,
  among: Embeddings,
  options: SearchOptions & Criterion & Owner,
): Promise<SearchResult> {
  const asked = prepare(query, among, options);
  const canScan = isLibraryOpen() && asked.queries.length === 1 &&
    among.names.length >= fewestScanned;
  return resultOf(asked, among, canScan ? await byScan(asked, among) : byLoop(asked, among));
}

async function byScan(
  { queries: [query], mixture, k, options: { where } }: AskedSearch,
  among: Embeddings,
): Promise<FoundRows> {
  const known = knownRows(among);
  const keep = where === undefined ? known : known.map((is, row) => is && where(row) ? 1 : 0);
  const compared = keep.reduce((sum, is) => sum + is, 0);
  using matrix = EmbeddingMatrix.of(among.vectors, among.dimension);
  const [{ rows, scores }] = await scan(matrix, query, { terms: mixture.terms }, {
    k,
    // Nothing is asked for each row where all are kept.
    keep: compared === keep.length ? undefined : keep,
  });
  const best = Array.from(rows, (index, i) => {
    return { index, value: mixture.isScore ? scores[i] : Math.sqrt(scores[i]), query: 0 };
  });
  return { best: best.filter(({ value }) => Number.isFinite(value)), compared };
}

/** Of embeddings that were searched before, by their numbers, which are not changed in use. */
const knownBefore = new WeakMap<Float32Array, Uint8Array>();

/** [N]: 0 for rows that hold NaN or Infinity, as those of images that are missing do; kept. */
export function knownRows({ names, vectors, dimension }: Embeddings): Uint8Array {
  return knownBefore.getOrInsertComputed(vectors, () => {
    const known = new Uint8Array(names.length).fill(1);
    for (let i = 0; i < vectors.length; i++) {
      if (!Number.isFinite(vectors[i])) known[Math.floor(i / dimension)] = 0;
    }
    return known;
  });
}
