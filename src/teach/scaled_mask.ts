import { notionScales } from "../search/balance.ts";
import type { Embeddings } from "../search/embeddings.ts";
import type { Masks } from "../search/mixture.ts";
import { quantile } from "../statistics/estimate.ts";

/**
 * The mask [D] of weights [D]: their roots, times what makes the median squared distance between
 * the embeddings that of the notions there are, the middle one of them. So distances by what was
 * taught are of the size of other distances. Without others, or where images are at no distance,
 * the mask has a length of 1. All 0 stays so.
 */
export function scaledMask(weights: Float64Array, among: Embeddings, masks: Masks): Float32Array {
  const squares = Math.sqrt(weights.reduce((sum, weight) => sum + weight, 0)) || 1;
  const mask = Float32Array.from(weights, (weight) => Math.sqrt(weight) / squares);
  const own = notionScales(among, new Map([["", mask]])).get("")!;
  const others = [...notionScales(among, masks).values()].filter((scale) => scale > 0).sort((
    a,
    b,
  ) => a - b);
  if (!(own > 0) || others.length === 0) return mask;
  const factor = Math.sqrt(quantile(others, 0.5) / own);
  return mask.map((each) => each * factor);
}
