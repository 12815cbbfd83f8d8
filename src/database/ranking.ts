/** How rows are put in an order by pgvector, whose numbers are float32, without missing any. */
import type { Mixture } from "../search/mixture.ts";
import { epsilon } from "../statistics/masked_vectors.ts";

/** Roots of weights, multiplied so that the least is above 1. */
export interface RankingVector {
  /** [D] */
  readonly vector: Float32Array;
  /** What they were multiplied by. */
  readonly factor: number;
}

/** Weights that are less than this of the largest are left out, or counted for this much. */
const leastRoot = 2 ** -30;

/**
 * The square roots of weights [D] as pgvector is to multiply embeddings by. pgvector refuses a
 * product that is too small for float32, so all are above 1; what is far below the largest becomes
 * 0, or, `up`, counts for more than it is.
 */
export function rankingVector(weights: Float64Array, up = false): RankingVector {
  const roots = weights.map(Math.sqrt);
  const floor = leastRoot * roots.reduce((most, root) => Math.max(most, root), 0);
  const kept = roots.map((root) => root >= floor ? root : up ? floor : 0);
  const least = kept.reduce((min, root) => root > 0 ? Math.min(min, root) : min, Infinity);
  // Rounding must not bring it below 1.
  const factor = least === Infinity ? 1 : (1 + 2 ** -20) / least;
  return { vector: Float32Array.from(kept, (root) => root * factor), factor };
}

/** What pgvector's distance d between scaled vectors says of the true one: at least d times this ... */
export interface Bound {
  /** [D]: what embeddings are multiplied by. */
  readonly ranking: Float32Array;
  /** [D]: the query, multiplied. */
  readonly query: Float32Array;
  readonly times: number;
  /** ... and this. */
  readonly plus: number;
}

/** float32 rounds by up to this share. */
const rounding = 2 ** -24;

/**
 * The distance by the terms of a mixture with weights above 0 is at least d * times + plus, or, for
 * those below 0, at most. Holds for every embedding: float32 roundings of the products, of the
 * difference and of the sum, squares that are lost as too small, and the 1e-6 of each dimension
 * that the plain formula adds are all within it.
 */
export function boundOf(query: Float32Array, { terms }: Mixture, sign: 1 | -1): Bound | null {
  const some = terms.filter(({ weight }) => Math.sign(weight) === sign);
  if (some.length === 0) return null;
  const dimensions = query.length;
  const weights = new Float64Array(dimensions);
  for (const { mask, weight } of some) {
    for (let d = 0; d < dimensions; d++) weights[d] += Math.abs(weight) * mask[d] * mask[d];
  }
  const { vector: ranking, factor } = rankingVector(weights, sign < 0);
  const scaled = query.map((value, d) => value * ranking[d]);
  const relative = (dimensions + 16) * rounding;
  const absolute = 4 * rounding * Math.hypot(...scaled) + 1e-18 * Math.sqrt(dimensions);
  const total = some.reduce((sum, { weight }) => sum + Math.abs(weight), 0);
  const shift = 1.001 * epsilon * Math.sqrt(dimensions * total);
  const times = 1 / (factor * (1 + sign * relative));
  return { ranking, query: scaled, times, plus: -sign * (absolute * times + shift) };
}

/** A vector as pgvector reads it: numbers alone. */
export function vectorText(vector: Float32Array): string {
  return `[${vector.join(",")}]`;
}
