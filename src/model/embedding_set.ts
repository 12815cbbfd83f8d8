import { epsilon } from "../statistics/masked_vectors.ts";
import { CsnError, UsageError } from "../base/errors.ts";

/** One of the nearest entries. */
export interface Neighbour {
  /** Its name in the set. */
  readonly name: string;
  /** Its position in the set. */
  readonly index: number;
  /** Euclidean distance between the masked embeddings. */
  readonly distance: number;
}

/** What an `EmbeddingSet` is made of. */
export interface Embeddings {
  /** What each embedding belongs to, such as an image's path. */
  readonly names: readonly string[];
  /** [N, D] in C order. */
  readonly vectors: Float32Array;
  /** D. */
  readonly dimension: number;
}

/** How many neighbours are asked for. */
export interface NearestOptions {
  /** The most that are given. @default {10} */
  readonly k?: number;
}

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
    if (query.length !== this.dimension || mask.length !== this.dimension) {
      throw new CsnError(
        `Cannot compare embeddings: the query has ${query.length} dimensions, the mask ${mask.length}, the set ${this.dimension}`,
      );
    }
    const distances = new Float64Array(this.names.length);
    for (let row = 0, at = 0; row < distances.length; row++) {
      let squares = 0;
      for (let d = 0; d < query.length; d++, at++) {
        const difference = mask[d] * (query[d] - this.vectors[at]) + epsilon;
        squares += difference * difference;
      }
      distances[row] = Math.sqrt(squares);
    }
    return distances;
  }

  /** The k nearest entries to `query` [D] under `mask` [D], nearest first, ties by position. */
  nearest(query: Float32Array, mask: Float32Array, { k = 10 }: NearestOptions = {}): Neighbour[] {
    if (!Number.isSafeInteger(k) || k < 1) {
      throw new UsageError(
        `Cannot find neighbours: \`k\` is ${k}; it must be a whole number from 1 on`,
      );
    }
    const distances = this.distances(query, mask);
    const order = Array.from(distances.keys()).sort((a, b) => distances[a] - distances[b] || a - b);
    return order.slice(0, k).map((index) => ({
      name: this.names[index],
      index,
      distance: distances[index],
    }));
  }
}
