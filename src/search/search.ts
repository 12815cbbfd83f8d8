import { CsnError, shown, UsageError } from "../base/errors.ts";
import { balanced, notionScales, type Scales } from "./balance.ts";
import type { Calibration } from "./calibration.ts";
import { chancesOf } from "./chances.ts";
import type { Embeddings } from "./embeddings.ts";
import { checkK } from "./check_k.ts";
import { type EmbeddingRows, rowsOf, type Searched } from "./embedding_rows.ts";
import { explain } from "./explain.ts";
import type { ByLikeness, ByMixture, ByNotion, Criterion } from "./mixture.ts";
import { type Masks, type Mixture, mixtureOf } from "./mixture.ts";
import type { ExplainedNeighbour, ScoredNeighbour } from "./neighbour.ts";
import { squaredDistances } from "./squared_distance.ts";

/** How many neighbours are asked for. */
export interface NearestOptions {
  /** The most that are given. @default {10} */
  readonly k?: number;
}

/** What is searched for: an embedding [D], or those of several images. */
export type Query = Float32Array | Embeddings;

/**
 * How several query images count together. "mean": their mean embedding is searched for. "all":
 * an image must match them all, so its distance is the largest of those to each of them.
 */
export type Combine = "mean" | "all";

/** How it is searched. */
export interface SearchOptions extends NearestOptions {
  /** How several query images count together. @default {"mean"} */
  readonly combine?: Combine;
  /** Which entries are searched, by their positions. @default {all} */
  readonly where?: (index: number) => boolean;
  /**
   * Take weights as they are. Else each notion's squared distance is divided by its median over the
   * searched set, see `notionScales`. @default {true by one notion, false by several}
   */
  readonly raw?: boolean;
  /** What to divide by instead, by notion. @default {the medians over `among`} */
  readonly scales?: Scales;
}

/** Search by one notion or a mixture: what is found has a distance. */
export type DistanceSearch = SearchOptions & (ByNotion | ByMixture);

/** Search for what is like by some notions and unlike by others: what is found has a score. */
export type ScoreSearch = SearchOptions & ByLikeness;

/** How a notion counted. */
export interface CountedNotion {
  /** The notion. */
  readonly notion: string;
  /** Its weight as it was given, below 0 for a notion to be unlike by. */
  readonly weight: number;
  /** What its squared distance was divided by; null where weights were taken as they are. */
  readonly scale: number | null;
}

/** What a search found, and what was done. */
export interface SearchResult<Hit = ExplainedNeighbour | ScoredNeighbour> {
  /** The nearest first, ties by position. */
  readonly hits: readonly Hit[];
  /** How each notion counted, in the order of the model's notions. */
  readonly by: readonly CountedNotion[];
  /** How several query images counted together; null for one. */
  readonly combine: Combine | null;
  /** How many entries were compared: those that `where` leaves and whose embeddings are known. */
  readonly compared: number;
  /** How many there are. */
  readonly among: number;
}

/** Whose notions are searched by. */
export interface Owner {
  /** Its masks. */
  readonly masks: Masks;
  /** What it is, for messages: "the model runs/x/model_best". */
  readonly owner?: string;
  /** How its distances become chances, which hits then have. */
  readonly calibration?: Calibration;
}

/**
 * The k entries of `among` that are nearest to `query` by a notion or a mixture, or the best by
 * their scores: exact, every entry is compared. Entries whose embeddings hold NaN are never found.
 *
 * Throws a UsageError for what cannot be asked (see `mixtureOf`), and a CsnError for embeddings that
 * do not fit together and for notions that cannot be balanced.
 */
export function search(
  query: Query,
  among: Searched,
  options: SearchOptions & Criterion & Owner,
): SearchResult {
  const asked = prepare(query, among, options);
  return resultOf(asked, among, byLoop(asked, among));
}

/** A search that was understood. */
export interface AskedSearch {
  /** Embeddings [D] to measure from. */
  readonly queries: readonly Float32Array[];
  /** By what, balanced if that is wanted. */
  readonly mixture: Mixture;
  /** The mixture as it was given. */
  readonly given: Mixture;
  readonly scales: Scales | null;
  readonly k: number;
  /** As in `SearchResult`. */
  readonly combine: Combine | null;
  readonly options: SearchOptions & Criterion & Owner;
}

/** One that was found. */
export interface FoundRow {
  readonly index: number;
  /** Its distance or score. */
  readonly value: number;
  /** The number of the query that it is from. */
  readonly query: number;
}

/** The best rows, and of how many. */
export interface FoundRows {
  readonly best: readonly FoundRow[];
  readonly compared: number;
}

/** What is asked; throws as `search`. */
export function prepare(
  query: Query,
  among: Searched,
  options: SearchOptions & Criterion & Owner,
): AskedSearch {
  const { k = 10, combine = "mean" } = options;
  checkOptions(k, combine);
  const given = mixtureOf(options, options.masks, options.owner);
  const queries = queriesOf(query, combine);
  const rows = rowsOf(among);
  for (const each of queries) checkQuery(each, rows, given);
  const { mixture, scales } = rows.count === 0
    ? { mixture: given, scales: null }
    : balancedAs(given, rows, options);
  return { queries, mixture, given, scales, k, combine: isOne(query) ? null : combine, options };
}

/** Compares all rows one by one: the reference for whatever is faster. */
export function byLoop(
  { queries, mixture, k, options: { where } }: AskedSearch,
  among: Searched,
): FoundRows {
  let best: FoundRow[] = [];
  let compared = 0;
  for (const { first, vectors } of rowsOf(among).blocks()) {
    const { values, farthest } = measure(queries, vectors, mixture);
    const some = [...values.keys()]
      .filter((row) => Number.isFinite(values[row]) && (where === undefined || where(first + row)));
    compared += some.length;
    const nearest = some.sort((a, b) => values[a] - values[b] || a - b).slice(0, k)
      .map((row) => ({ index: first + row, value: values[row], query: farthest[row] }));
    best = [...best, ...nearest].sort((a, b) => a.value - b.value || a.index - b.index).slice(0, k);
  }
  return { best, compared };
}

/** What was found, explained. */
export function resultOf(
  { queries, mixture, given, scales, combine, options }: AskedSearch,
  among: Searched,
  { best, compared }: FoundRows,
): SearchResult {
  const rows = rowsOf(among);
  const chances = chancesOf(given, rows, options);
  return {
    hits: best.map(({ index, value, query }) => ({
      name: rows.nameOf(index),
      index,
      ...(mixture.isScore ? { score: value } : { distance: value }),
      ...explain(queries[query], rows.at(index), mixture),
      query,
      ...chances === null ? {} : { chances: chances(queries[query], index) },
    } as ExplainedNeighbour | ScoredNeighbour)),
    by: given.terms.map(({ notion, weight }) => ({
      notion,
      weight,
      scale: scales?.get(notion) ?? null,
    })),
    combine,
    compared,
    among: rows.count,
  };
}

function checkOptions(k: number, combine: Combine): void {
  checkK(k);
  if (combine === "mean" || combine === "all") return;
  throw new UsageError(
    `Cannot search for several images with \`combine\` ${
      shown(combine)
    }: it must be "mean" or "all"`,
  );
}

function isOne(query: Query): query is Float32Array {
  return query instanceof Float32Array || query.names.length === 1;
}

/** The embeddings [D] that distances are measured from. */
function queriesOf(query: Query, combine: Combine): readonly Float32Array[] {
  if (query instanceof Float32Array) return [query];
  const { names, vectors, dimension } = query;
  if (names.length === 0) {
    throw new UsageError("Cannot search: no query image is given; pass one or more");
  }
  const each = names.map((_, row) => vectors.subarray(row * dimension, (row + 1) * dimension));
  return combine === "all" || each.length === 1 ? each : [meanVector(each)];
}

function meanVector(vectors: readonly Float32Array[]): Float32Array {
  return Float32Array.from(
    vectors[0],
    (_, d) => vectors.reduce((sum, vector) => sum + vector[d], 0) / vectors.length,
  );
}

function checkQuery(query: Float32Array, among: EmbeddingRows, { terms }: Mixture): void {
  checkLengths(query, among, terms[0].mask);
  if (query.every(Number.isFinite)) return;
  throw new CsnError(
    "Cannot search: the query's embedding holds NaN or Infinity; pass that of an image that can be read",
  );
}

/** Refuses a query and a mask that have other dimensions than the embeddings. */
export function checkLengths(
  query: Float32Array,
  { dimension }: Pick<Embeddings, "dimension">,
  mask: Float32Array,
): void {
  if (query.length === dimension && mask.length === dimension) return;
  throw new CsnError(
    `Cannot compare embeddings: the query has ${query.length} dimensions, the mask ${mask.length}, the set ${dimension}`,
  );
}

function balancedAs(
  mixture: Mixture,
  among: EmbeddingRows,
  options: SearchOptions & Criterion,
): { readonly mixture: Mixture; readonly scales: Scales | null } {
  // One notion alone has nothing to be balanced with.
  const raw = options.raw ?? mixture.terms.length === 1;
  if (raw) return { mixture, scales: null };
  const masks = new Map(mixture.terms.map(({ notion, mask }) => [notion, mask]));
  const scales = options.scales ?? notionScales(among, masks);
  return { mixture: balanced(mixture, scales, among), scales };
}

/**
 * [n]: the distance (or score) of each of `vectors` [n, D], the largest of those to the queries;
 * `farthest` [n] is the number of that query.
 */
function measure(
  queries: readonly Float32Array[],
  vectors: Float32Array,
  mixture: Mixture,
): { readonly values: Float64Array; readonly farthest: Uint32Array } {
  const values = new Float64Array(vectors.length / queries[0].length).fill(-Infinity);
  const farthest = new Uint32Array(values.length);
  for (const [number, query] of queries.entries()) {
    measuredFrom(query, vectors, mixture).forEach((value, row) => {
      if (value <= values[row] || Number.isNaN(values[row])) return;
      values[row] = value;
      farthest[row] = number;
    });
  }
  return { values, farthest };
}

/** [n]: distances of `vectors` [n, D] to `query` [D], or scores. */
function measuredFrom(query: Float32Array, vectors: Float32Array, mixture: Mixture): Float64Array {
  const total = new Float64Array(vectors.length / query.length);
  for (const { mask, weight } of mixture.terms) {
    squaredDistances(query, vectors, mask).forEach((square, row) => total[row] += weight * square);
  }
  return mixture.isScore ? total : total.map(Math.sqrt);
}
