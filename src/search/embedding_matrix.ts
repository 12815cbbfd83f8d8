import { CsnError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What the shim searches: `rows`, or `memory` when they lie in JavaScript's. */
export interface MatrixParts {
  /** float32 or float16 [N, D]. */
  readonly rows: Tensor | null;
  /** int8 [N, D]. */
  readonly codes: Tensor | null;
  /** float32 [D]: a row is a code times this, within half of it. */
  readonly scales: Tensor | null;
  /** [N, D] in C order. */
  readonly memory: Float32Array<ArrayBuffer> | null;
}

/** Rows that follow one another, and the number of the first. */
export interface MatrixBlock {
  /** The number of the first. */
  readonly first: number;
  /** [n, D] as float32. */
  readonly vectors: Float32Array;
}

/**
 * Embeddings [N, D] that are searched, in memory or mapped from a file (see `mapMatrix()`): what
 * `scan()` takes. Those in memory need no libtorch, so that a browser can search them, too.
 */
export abstract class EmbeddingMatrix implements Disposable {
  /** N. */
  readonly count: number;
  /** D. */
  readonly dimension: number;

  /** Of N rows and D dimensions. */
  constructor(count: number, dimension: number) {
    this.count = count;
    this.dimension = dimension;
  }

  /** A view of `vectors` [N, D]. */
  static of(vectors: Float32Array, dimension: number): EmbeddingMatrix {
    return new MemoryMatrix(vectors, dimension);
  }

  /** Row number `index`, [D], as float32. */
  abstract row(index: number): Float32Array;
  /** [n, D]: the rows number `indices` [n], in that order, as float32. */
  abstract take(indices: Uint32Array): Float32Array;
  /** All rows in order, `most` at a time at most, as float32. */
  abstract blocks(most: number): Generator<MatrixBlock>;
  /** Where the numbers lie. */
  abstract parts(): MatrixParts;
  /** Gives a mapping up; memory of JavaScript's stays as it is. */
  abstract [Symbol.dispose](): void;
}

/** Rows that lie in JavaScript's memory. */
class MemoryMatrix extends EmbeddingMatrix {
  readonly #vectors: Float32Array<ArrayBuffer>;

  constructor(vectors: Float32Array, dimension: number) {
    if (dimension === 0 || vectors.length % dimension !== 0) {
      throw new CsnError(
        `Cannot search ${vectors.length} numbers: they are no rows of ${dimension} dimensions`,
      );
    }
    super(vectors.length / dimension, dimension);
    this.#vectors = vectors as Float32Array<ArrayBuffer>;
  }

  override row(index: number): Float32Array {
    checkRow(this, index);
    return this.#vectors.subarray(index * this.dimension, (index + 1) * this.dimension);
  }

  override take(indices: Uint32Array): Float32Array {
    const taken = new Float32Array(indices.length * this.dimension);
    indices.forEach((index, i) => taken.set(this.row(index), i * this.dimension));
    return taken;
  }

  override *blocks(most: number): Generator<MatrixBlock> {
    for (let first = 0; first < this.count; first += most) {
      const end = Math.min(first + most, this.count);
      yield {
        first,
        vectors: this.#vectors.subarray(first * this.dimension, end * this.dimension),
      };
    }
  }

  override parts(): MatrixParts {
    return { rows: null, codes: null, scales: null, memory: this.#vectors };
  }

  override [Symbol.dispose](): void {}
}

/** Throws a CsnError for a row that there is not. */
export function checkRow({ count }: EmbeddingMatrix, index: number): void {
  if (index >= 0 && index < count) return;
  throw new CsnError(`Cannot take embedding ${index}: there are ${count}`);
}
