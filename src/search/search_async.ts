import { isLibraryOpen } from "../native/library.ts";
import { type EmbeddingRows, rowsOf, type Searched } from "./embedding_rows.ts";
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
  among: Searched,
  options: SearchOptions & Criterion & Owner,
): Promise<SearchResult> {
  const rows = rowsOf(among);
  const asked = prepare(query, rows, options);
  const canScan = isLibraryOpen() && asked.queries.length === 1 && rows.count >= fewestScanned;
  return resultOf(asked, rows, canScan ? await byScan(asked, rows) : byLoop(asked, rows));
}

async function byScan(
  { queries: [query], mixture, k, options: { where } }: AskedSearch,
  among: EmbeddingRows,
): Promise<FoundRows> {
  const keep = keptRows(among, where);
  const [{ rows, scores }] = await scan(among.matrix(), query, { terms: mixture.terms }, {
    k,
    keep: keep ?? undefined,
  });
  const best = Array.from(rows, (index, i) => {
    return { index, value: mixture.isScore ? scores[i] : Math.sqrt(scores[i]), query: 0 };
  });
  return {
    best: best.filter(({ value }) => Number.isFinite(value)),
    compared: keep === null ? among.count : keep.reduce((sum, is) => sum + is, 0),
  };
}

/** [N]: 0 for rows that are not known and those that are not asked for; null where all are. */
function keptRows(among: EmbeddingRows, where: SearchOptions["where"]): Uint8Array | null {
  const known = among.known();
  if (where === undefined) return known;
  const keep = new Uint8Array(among.count);
  for (let row = 0; row < keep.length; row++) {
    if ((known === null || known[row] !== 0) && where(row)) keep[row] = 1;
  }
  return keep;
}
