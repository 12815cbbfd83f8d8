import { EmbeddingMatrix } from "../../search/embedding_matrix.ts";
import { type EmbeddingRows, rowsOf } from "../../search/embedding_rows.ts";
import type { Embeddings } from "../../search/embeddings.ts";
import type { Masks } from "../../search/mixture.ts";
import { scan } from "../../search/scan.ts";

/** Neighbours that are compared. */
const neighbours = 10;

/** Queries at most, evenly over the images. */
const mostQueries = 200;

/**
 * How many of the 10 nearest neighbours are the same by `rounded` [N, D] as by the exact
 * embeddings: a share, over 200 queries at most, by each mask and by none. Null where no image has
 * a neighbour.
 */
export async function neighbourAgreement(
  embeddings: Embeddings,
  rounded: Float32Array,
  masks: Masks,
): Promise<number | null> {
  const { dimension } = embeddings;
  const queries = queriesOf(rowsOf(embeddings));
  const measures = [...masks.values(), new Float32Array(dimension).fill(1)];
  let [same, all] = [0, 0];
  for (const mask of measures) {
    const exact = await nearest(embeddings.vectors, dimension, queries, mask);
    const found = await nearest(rounded, dimension, queries, mask);
    exact.forEach((rows, at) => {
      const known = new Set(rows);
      same += found[at].filter((row) => known.has(row)).length;
      all += rows.length;
    });
  }
  return all === 0 ? null : same / all;
}

/** Rows that are known, evenly over all. */
function queriesOf(rows: EmbeddingRows): Uint32Array {
  const known = rows.known();
  const all = Uint32Array.from({ length: rows.count }, (_, row) => row)
    .filter((row) => known === null || known[row] !== 0);
  const count = Math.min(mostQueries, all.length);
  return Uint32Array.from({ length: count }, (_, at) => all[Math.floor(at * all.length / count)]);
}

/** Of each query the nearest rows but itself. */
async function nearest(
  vectors: Float32Array,
  dimension: number,
  queries: Uint32Array,
  mask: Float32Array,
): Promise<number[][]> {
  using matrix = EmbeddingMatrix.of(vectors, dimension);
  const found = await scan(matrix, matrix.take(queries), { mask }, { k: neighbours + 1 });
  return found.map(({ rows, scores }, at) =>
    [...rows].filter((row, place) => row !== queries[at] && Number.isFinite(scores[place]))
      .slice(0, neighbours)
  );
}
