import { CsnError } from "../base/errors.ts";
import { streamFor } from "../base/random.ts";
import { quantile } from "../statistics/estimate.ts";
import { epsilon } from "../statistics/masked_vectors.ts";
import { sampledPairs } from "../statistics/sampled_pairs.ts";
import type { Embeddings } from "./embeddings.ts";
import type { Masks, Mixture } from "./mixture.ts";
import { squaredDistance } from "./squared_distance.ts";

/** By notion: the median squared distance between images of the searched set. */
export type Scales = ReadonlyMap<string, number>;

/** Pairs that are measured at most: the median is then one of the middle half per cent. */
const mostPairs = 50_000;

/** Every search draws the same pairs. */
const random = { seed: 1, stream: streamFor("balance") };

/** What was measured of embeddings, by their numbers and a mask: both are not changed in use. */
const measured = new WeakMap<Float32Array, WeakMap<Float32Array, number>>();

/**
 * The median squared distance by each of `masks` over pairs of different rows of `among`: all
 * pairs, or 50,000 that a fixed seed draws where there are more (from 317 rows on). Rows that hold
 * NaN are left out. By this a mixture is balanced. It is kept for embeddings that are searched
 * again. NaN where there are fewer than two rows.
 */
export function notionScales(among: Embeddings, masks: Masks): Map<string, number> {
  const known = measured.getOrInsertComputed(among.vectors, () => new WeakMap());
  let pairs: Uint32Array | undefined;
  return new Map(
    [...masks].map(([notion, mask]) => [
      notion,
      known.getOrInsertComputed(mask, () => medianOf(among, mask, pairs ??= pairsOf(among))),
    ]),
  );
}

/**
 * A mixture in which each notion's weight is divided by its scale, so that weights of 50 : 50 count
 * for the same, whatever units the notions have. Throws a CsnError for a notion that is at no
 * distance between most images.
 */
export function balanced(mixture: Mixture, scales: Scales, among: Embeddings): Mixture {
  const least = 4 * among.dimension * epsilon ** 2;
  const terms = mixture.terms.map((term) => {
    const scale = scales.get(term.notion) ?? NaN;
    if (scale > least && scale < Infinity) return { ...term, weight: term.weight / scale };
    const found = Number.isNaN(scale)
      ? `${among.names.length} images are searched, and two are needed to measure a median distance`
      : `half of the pairs of the ${among.names.length} images that are searched are at no distance by it`;
    throw new CsnError(
      `Cannot balance "${term.notion}" with other notions: ${found}; leave it out, or take the weights as they are with \`raw: true\``,
    );
  });
  return { ...mixture, terms };
}

/** [2 n]: pairs of rows without NaN. */
function pairsOf({ names, vectors, dimension }: Embeddings): Uint32Array {
  const rows = Uint32Array.from(names.keys())
    .filter((row) => vectors.subarray(row * dimension, (row + 1) * dimension).every(isFinite));
  return sampledPairs(rows.length, mostPairs, random).map((place) => rows[place]);
}

function medianOf({ vectors, dimension }: Embeddings, mask: Float32Array, pairs: Uint32Array) {
  const squares = Float64Array.from({ length: pairs.length / 2 }, (_, pair) => {
    const query = vectors.subarray(pairs[2 * pair] * dimension, (pairs[2 * pair] + 1) * dimension);
    return squaredDistance(query, vectors, pairs[2 * pair + 1] * dimension, mask);
  });
  return squares.length === 0 ? NaN : quantile(squares.sort(), 0.5);
}
