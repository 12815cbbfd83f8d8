/** Rows of neighbours: one search for each, exact. */
import { CsnError, messageOf } from "../base/errors.ts";
import type { Scan } from "../search/asked_scan.ts";
import { balanced, notionScales } from "../search/balance.ts";
import { chancesOf } from "../search/chances.ts";
import { EmbeddingMatrix } from "../search/embedding_matrix.ts";
import { rowsOf } from "../search/embedding_rows.ts";
import { maskOf, type Mixture, mixtureOf, type MixtureTerm } from "../search/mixture.ts";
import { squaredDistance } from "../search/squared_distance.ts";
import { parseCondition, whereOf } from "../search/where.ts";
import type { ExploredImages } from "./explored_images.ts";
import { alikeBy, valuesOf } from "./image_values.ts";
import type { Hit, HitChance, NeighboursAsked, RowAnswer, RowAsked } from "./protocol.ts";

/** A search that was understood. */
export interface NeighbourSearch {
  /** What is searched from, [D]. */
  readonly query: Float32Array;
  /** Its index, which is not among what is found; null for an own picture. */
  readonly index: number | null;
  /** [N]: 0 for images that are not searched. */
  readonly keep: Uint8Array;
  readonly k: number;
  readonly order: NeighboursAsked["order"];
  /** What compares. */
  readonly scan: Scan;
  /** Stops it between two rows; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * The images that are searched: those whose embeddings are known, that meet the conditions and are
 * not the query itself. Throws a UsageError for conditions that say nothing of these images.
 */
export function keptRows(
  { embeddings, columns }: ExploredImages,
  where: readonly string[],
  query: number | null,
): Uint8Array {
  const all = () => new Uint8Array(embeddings.names.length).fill(1);
  const keep = rowsOf(embeddings).known()?.slice() ?? all();
  if (where.length > 0) {
    const meets = whereOf(where.map(parseCondition), columns ?? new Map());
    for (let row = 0; row < keep.length; row++) if (keep[row] === 1 && !meets(row)) keep[row] = 0;
  }
  if (query !== null) keep[query] = 0;
  return keep;
}

/**
 * The rows that are asked for, in their order. A row whose mixture cannot be measured has a refusal
 * instead of hits.
 */
export async function findNeighbours(
  explored: ExploredImages,
  rows: readonly RowAsked[],
  search: NeighbourSearch,
): Promise<RowAnswer[]> {
  const compared = search.keep.reduce((sum, is) => sum + is, 0);
  const found: RowAnswer[] = [];
  for (const row of rows) {
    search.signal?.throwIfAborted();
    try {
      found.push(await rowOf(explored, mixtureFor(explored, row), row, search, compared));
    } catch (error) {
      if (!(error instanceof CsnError)) throw error;
      found.push({ hits: [], isScore: false, compared, refusal: messageOf(error) });
    }
  }
  return found;
}

/** What a row compares by. */
function mixtureFor({ model, embeddings, taught }: ExploredImages, row: RowAsked): Mixture {
  switch (row.by) {
    case "notion":
      return oneTerm(row.notion, maskOf(model.masks, row.notion));
    case "taught": {
      const mask = taught.maskOf(row.notion);
      if (mask !== undefined) return oneTerm(row.notion, mask);
      throw new CsnError(`Cannot compare by ${row.notion}: it was not taught yet`);
    }
    case "unmasked":
      return oneTerm("", new Float32Array(embeddings.dimension).fill(1));
    case "mixture": {
      const weights = Object.entries(row.weights);
      const like = Object.fromEntries(weights.filter(([, weight]) => weight > 0));
      if (Object.keys(like).length === 0) {
        throw new CsnError("Cannot mix notions: none is to be alike; give one a weight above 0");
      }
      const unlike = weights.filter(([, weight]) => weight < 0)
        .map(([notion, weight]) => [notion, -weight]);
      const criterion = unlike.length === 0
        ? { mix: like }
        : { like, unlike: Object.fromEntries(unlike) };
      const mixture = mixtureOf(criterion, model.masks);
      const scales = notionScales(embeddings, model.masks);
      return row.isBalanced ? balanced(mixture, scales, embeddings) : mixture;
    }
  }
}

function oneTerm(notion: string, mask: Float32Array): Mixture {
  return { terms: [{ notion, mask, weight: 1 }], isScore: false };
}

async function rowOf(
  explored: ExploredImages,
  mixture: Mixture,
  row: RowAsked,
  { query, index, keep, k, order, scan, signal }: NeighbourSearch,
  compared: number,
): Promise<RowAnswer> {
  const { embeddings, model } = explored;
  using matrix = EmbeddingMatrix.of(embeddings.vectors, embeddings.dimension);
  const sign = order === "nearest" ? 1 : -1;
  const terms = mixture.terms.map(({ mask, weight }) => ({ mask, weight: sign * weight }));
  const [{ rows, scores }] = await scan(matrix, query, { terms }, { k, keep, signal });
  const shares = sharesOf(explored, row.by === "mixture" ? mixture.terms : null);
  const chances = chancesOf(mixture, embeddings, { calibration: model.info.calibration });
  const hits = Array.from(rows, (found, place): Hit => ({
    index: found,
    name: embeddings.names[found],
    value: mixture.isScore ? sign * scores[place] : Math.sqrt(Math.abs(scores[place])),
    shares: shares(query, found),
    alike: alikeBy(explored, index, found),
    values: valuesOf(explored, found),
    chances: byNotion(explored, chances?.(query, found) ?? {}),
  }));
  return { hits, isScore: mixture.isScore, compared, refusal: null };
}

function byNotion(
  { model }: ExploredImages,
  chances: Readonly<Record<string, HitChance>>,
): (HitChance | null)[] {
  return model.notions.map((notion) => chances[notion] ?? null);
}

/** By notion of the model: its share in a mixture, or of null in that of all, balanced. */
function sharesOf(
  { model, embeddings }: ExploredImages,
  terms: readonly MixtureTerm[] | null,
): (query: Float32Array, row: number) => (number | null)[] {
  const scales = notionScales(embeddings, model.masks);
  const given = new Map(terms?.map(({ notion, weight }) => [notion, weight]));
  const weights = model.notions.map((notion) => {
    if (terms !== null) return given.get(notion) ?? 0;
    const scale = scales.get(notion)!;
    return scale > 0 && scale < Infinity ? 1 / scale : null;
  });
  const { vectors, dimension } = embeddings;
  return (query, row) => {
    const parts = model.notions.map((notion, at) =>
      weights[at] === null
        ? null
        : weights[at] * squaredDistance(query, vectors, row * dimension, model.masks.get(notion)!)
    );
    const size = parts.reduce<number>((sum, part) => sum + Math.abs(part ?? 0), 0);
    return parts.map((part) => part === null || size === 0 ? null : part / size);
  };
}
