import { sampleRows } from "../../report/maps/subspace_maps.ts";

/** Points that a map shows at most. */
export const mostShown = 60_000;

/** Which embeddings a map shows. */
export interface ShownRows {
  /** Their numbers, ascending. */
  readonly rows: Uint32Array;
  /** How many could be shown: those whose embeddings are known. */
  readonly of: number;
}

/**
 * The rows of `vectors` [N, dimension] that a map shows: all that are known (hold numbers), or so
 * many of them at most, drawn at random without repetition.
 */
export function shownRows(
  vectors: Float32Array,
  dimension: number,
  { most = mostShown, seed = 0 }: { readonly most?: number; readonly seed?: number } = {},
): ShownRows {
  const isKnown = (row: number) => {
    for (let at = row * dimension; at < (row + 1) * dimension; at++) {
      if (!Number.isFinite(vectors[at])) return false;
    }
    return true;
  };
  const known = Uint32Array.from({ length: vectors.length / dimension }, (_, row) => row)
    .filter(isKnown);
  if (known.length <= most) return { rows: known, of: known.length };
  const rows = sampleRows(known.length, most, seed).map((place) => known[place]);
  return { rows, of: known.length };
}
