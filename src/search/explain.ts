import { epsilon } from "../statistics/masked_vectors.ts";
import type { Mixture } from "./mixture.ts";
import type { DimensionShare, Explanation } from "./neighbour.ts";
import { squaredDistance } from "./squared_distance.ts";

/** Dimensions that an explanation names. */
const mostDimensions = 3;

/** Why `found` [D] is as far from `query` [D] as it is; all but the query's number and chances. */
export function explain(
  query: Float32Array,
  found: Float32Array,
  mixture: Mixture,
): Omit<Explanation, "query" | "chances"> {
  const parts = mixture.terms.map(({ notion, mask, weight }): [string, number] => [
    notion,
    weight * squaredDistance(query, found, 0, mask),
  ]);
  // Of a mixture this is the squared distance.
  const size = parts.reduce((sum, [, part]) => sum + Math.abs(part), 0);
  const shareOf = (part: number) => size === 0 ? 1 / parts.length : part / size;
  return {
    parts: Object.fromEntries(parts),
    shares: Object.fromEntries(parts.map(([notion, part]) => [notion, shareOf(part)])),
    dimensions: greatestDimensions(query, found, mixture)
      .map(({ dimension, part }) => ({ dimension, share: size === 0 ? 0 : part / size })),
  };
}

function greatestDimensions(
  query: Float32Array,
  found: Float32Array,
  { terms }: Mixture,
): { readonly dimension: DimensionShare["dimension"]; readonly part: number }[] {
  const parts = Array.from(query, (value, dimension) => {
    const difference = value - found[dimension];
    const part = terms.reduce(
      (sum, { mask, weight }) => sum + weight * (mask[dimension] * difference + epsilon) ** 2,
      0,
    );
    return { dimension, part };
  });
  return parts
    .sort((a, b) => Math.abs(b.part) - Math.abs(a.part) || a.dimension - b.dimension)
    .slice(0, mostDimensions);
}
