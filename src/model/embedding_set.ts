import { CsnError } from "../base/errors.ts";
import type { Embeddings } from "../search/embeddings.ts";
import type { Neighbour } from "../search/neighbour.ts";
import { checkK } from "../search/check_k.ts";
import { checkLengths, type NearestOptions } from "../search/search.ts";
import { squaredDistances } from "../search/squared_distance.ts";

/**
 * Named embeddings [N, D], unmasked: one set serves every notion.
 *
 * @example Search embeddings of another program's
 * ```ts
 * import { EmbeddingSet } from "@csn/csn";
 *
 * const set = new EmbeddingSet({
 *   names: ["a", "b"],
 *   vectors: Float32Array.from([0, 3, 4, 0]),
 *   dimension: 2,
 * });
 * const heel = Float32Array.from([0, 1]);
 * console.log(set.nearest(Float32Array.from([1, 1]), heel, { k: 1 })); // "b", 1 away by its mask
 * ```
 */
export class EmbeddingSet implements Embeddings {
  /** What each embedding belongs to, such as an image's path. */
  readonly names: readonly string[];
  /** [N, D] in C order. */
  readonly vectors: Float32Array;
  /** D. */
  readonly dimension: number;

  /**
   * A set of `names.length` embeddings. Throws a CsnError when `vectors` has another number of
   * rows.
   */
  constructor({ names, vectors, dimension }: Embeddings) {
    if (vectors.length !== names.length * dimension) {
      throw new CsnError(
        `Cannot make a set of ${names.length} embeddings of ${dimension} dimensions: found ${vectors.length} numbers, it should be ${
          names.length * dimension
        }`,
      );
    }
    this.names = names;
    this.vectors = vectors;
    this.dimension = dimension;
  }

  /** Embedding number `index`, [D]: a view. */
  at(index: number): Float32Array {
    if (!(index >= 0 && index < this.names.length)) {
      throw new CsnError(`Cannot take embedding ${index}: the set has ${this.names.length}`);
    }
    return this.vectors.subarray(index * this.dimension, (index + 1) * this.dimension);
  }

  /** Distances [N] of all entries to `query` [D] under `mask` [D]. */
  distances(query: Float32Array, mask: Float32Array): Float64Array {
    checkLengths(query, this, mask);
    return squaredDistances(query, this.vectors, mask).map(Math.sqrt);
  }

  /**
   * The k nearest entries to `query` [D] under `mask` [D], nearest first, ties by position. Entries
   * that hold NaN are never among them.
   */
  nearest(query: Float32Array, mask: Float32Array, { k = 10 }: NearestOptions = {}): Neighbour[] {
    checkK(k);
    const distances = this.distances(query, mask);
    const order = Array.from(distances.keys())
      .filter((row) => !Number.isNaN(distances[row]))
      .sort((a, b) => distances[a] - distances[b] || a - b);
    return order.slice(0, k).map((index) => ({
      name: this.names[index],
      index,
      distance: distances[index],
    }));
  }
}
