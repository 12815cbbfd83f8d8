import { CsnError } from "../base/errors.ts";
import { streamFor } from "../base/random.ts";
import { quantile } from "../statistics/estimate.ts";
import { epsilon } from "../statistics/masked_vectors.ts";
import { sampledPairs } from "../statistics/sampled_pairs.ts";
import { type EmbeddingRows, rowsOf, type Searched } from "./embedding_rows.ts";
import type { Masks, Mixture } from "./mixture.ts";
import { squaredDistance } from "./squared_distance.ts";

/** By notion: the median squared distance between images of the searched set. */
export type Scales = ReadonlyMap<string, number>;

/** Pairs that are measured at most: the median is then one of the middle half per cent. */
const mostPairs = 50_000;

/** Every search draws the same pairs. */
const random = { seed: 1, stream: streamFor("balance") };

/** What was measured of embeddings, by what they are and a mask: both are not changed in use. */
const measured = new WeakMap<WeakKey, WeakMap<Float32Array, number>>();

/**
 * The median squared distance by each of `masks` over pairs of different rows of `among`: all
 * pairs, or 50,000 that a fixed seed draws where there are more (from 317 rows on). Rows that hold
 * NaN are left out. By this a mixture is balanced. It is kept for embeddings that are searched
 * again. NaN where there are fewer than two rows.
 */
export function notionScales(among: Searched, masks: Masks): Map<string, number> {
  const rows = rowsOf(among);
  const known = measured.getOrInsertComputed(rows.identity, () => new WeakMap());
  let pairs: Float32Array | undefined;
  return new Map(
    [...masks].map(([notion, mask]) => [
      notion,
      known.getOrInsertComputed(mask, () => medianOf(pairs ??= pairsOf(rows), mask)),
    ]),
  );
}

/**
 * A mixture in which each notion's weight is divided by its scale, so that weights of 50 : 50 count
 * for the same, whatever units the notions have. Throws a CsnError for a notion that is at no
 * distance between most images.
 */
export function balanced(
  mixture: Mixture,
  scales: Scales,
  among: Searched,
): Mixture {
  const { count, dimension } = rowsOf(among);
  const least = 4 * dimension * epsilon ** 2;
  const terms = mixture.terms.map((term) => {
    const scale = scales.get(term.notion) ?? NaN;
    if (scale > least && scale < Infinity) return { ...term, weight: term.weight / scale };
    const found = Number.isNaN(scale)
      ? `${count} images are searched, and two are needed to measure a median distance`
      : `half of the pairs of the ${count} images that are searched are at no distance by it`;
    throw new CsnError(
      `Cannot balance "${term.notion}" with other notions: ${found}; leave it out, or take the weights as they are with \`raw: true\``,
    );
  });
  return { ...mixture, terms };
}

/** [2 n, D]: pairs of embeddings without NaN. */
function pairsOf(rows: EmbeddingRows): Float32Array {
  const known = rows.known();
  if (known === null) return rows.take(sampledPairs(rows.count, mostPairs, random));
  const some = Uint32Array.from(known.keys()).filter((row) => known[row] !== 0);
  return rows.take(sampledPairs(some.length, mostPairs, random).map((place) => some[place]));
}

function medianOf(pairs: Float32Array, mask: Float32Array): number {
  const length = mask.length;
  const squares = Float64Array.from({ length: pairs.length / (2 * length) }, (_, pair) => {
    const at = 2 * pair * length;
    return squaredDistance(pairs.subarray(at, at + length), pairs, at + length, mask);
  });
  return squares.length === 0 ? NaN : quantile(squares.sort(), 0.5);
}
