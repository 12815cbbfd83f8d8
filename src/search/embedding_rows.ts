import { EmbeddingMatrix } from "./embedding_matrix.ts";
import type { Embeddings } from "./embeddings.ts";

/** Rows that follow one another. */
export interface RowBlock {
  /** The number of the first. */
  readonly first: number;
  /** [n, D] in C order. */
  readonly vectors: Float32Array;
}

/**
 * Named embeddings [N, D] that are searched, whether they lie in memory or in a file: what is not
 * asked for need not be read.
 */
export interface EmbeddingRows {
  /** N. */
  readonly count: number;
  /** D. */
  readonly dimension: number;
  /** By what is known which numbers these are: whatever is measured of them is kept by it. */
  readonly identity: WeakKey;
  /** What embedding number `row` belongs to, such as an image's path. */
  nameOf(row: number): string;
  /** Embedding number `row`, [D]. */
  at(row: number): Float32Array;
  /** [n, D]: the embeddings number `rows` [n], in that order. */
  take(rows: Uint32Array): Float32Array;
  /** All of them, some at a time, in order. */
  blocks(): Iterable<RowBlock>;
  /**
   * [N]: 0 for those that hold NaN or Infinity, as those of images that are missing do; null where
   * there are none.
   */
  known(): Uint8Array | null;
  /** What `scan()` takes; it belongs to these rows. */
  matrix(): EmbeddingMatrix;
}

/** What can be searched. */
export type Searched = Embeddings | EmbeddingRows;

/** What is searched, by rows. */
export function rowsOf(among: Searched): EmbeddingRows {
  return "vectors" in among ? new RowsInMemory(among) : among;
}

/** By their numbers, which are not changed in use. */
const knownBefore = new WeakMap<Float32Array, Uint8Array | null>();

class RowsInMemory implements EmbeddingRows {
  readonly count: number;
  readonly dimension: number;
  readonly identity: Float32Array;
  readonly #names: readonly string[];

  constructor({ names, vectors, dimension }: Embeddings) {
    this.count = names.length;
    this.dimension = dimension;
    this.identity = vectors;
    this.#names = names;
  }

  nameOf(row: number): string {
    return this.#names[row];
  }

  at(row: number): Float32Array {
    return this.identity.subarray(row * this.dimension, (row + 1) * this.dimension);
  }

  take(rows: Uint32Array): Float32Array {
    return this.matrix().take(rows);
  }

  blocks(): Iterable<RowBlock> {
    return [{ first: 0, vectors: this.identity }];
  }

  known(): Uint8Array | null {
    return knownBefore.getOrInsertComputed(this.identity, () => {
      const known = new Uint8Array(this.count).fill(1);
      let areAll = true;
      for (let i = 0; i < this.identity.length; i++) {
        if (Number.isFinite(this.identity[i])) continue;
        known[Math.floor(i / this.dimension)] = 0;
        areAll = false;
      }
      return areAll ? null : known;
    });
  }

  matrix(): EmbeddingMatrix {
    return EmbeddingMatrix.of(this.identity, this.dimension);
  }
}
