import { CsnError } from "../base/errors.ts";
import { call } from "../tensor/call.ts";
import { indexSelect, longs, mapFile, narrow, reshape, toDType } from "../tensor/operators.ts";
import { readSafetensorsHeader, type TensorPlace } from "../tensor/safetensors.ts";
import { heldTensors, scope } from "../tensor/scope.ts";
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

/** Embeddings [N, D] that are searched, in memory or mapped from a file: see `scan()`. */
export class EmbeddingMatrix implements Disposable {
  /** N. */
  readonly count: number;
  /** D. */
  readonly dimension: number;
  readonly #parts: MatrixParts;

  private constructor([count, dimension]: readonly number[], parts: MatrixParts) {
    this.count = count;
    this.dimension = dimension;
    this.#parts = parts;
  }

  /** A view of `vectors` [N, D]. */
  static of(vectors: Float32Array, dimension: number): EmbeddingMatrix {
    if (dimension === 0 || vectors.length % dimension !== 0) {
      throw new CsnError(
        `Cannot search ${vectors.length} numbers: they are no rows of ${dimension} dimensions`,
      );
    }
    const memory = vectors as Float32Array<ArrayBuffer>;
    const parts = { rows: null, codes: null, scales: null, memory };
    return new EmbeddingMatrix([vectors.length / dimension, dimension], parts);
  }

  /**
   * The matrix `embeddings` of a safetensors file, float32 or float16, mapped and not read, with
   * its `codes` (int8) and `scales` where it has them. Needs libtorch. The file may be replaced or
   * removed meanwhile, but must not be overwritten in place.
   */
  static async map(path: string): Promise<EmbeddingMatrix> {
    const { tensors } = await readSafetensorsHeader(path);
    const [rows, codes, scales] = ["embeddings", "codes", "scales"].map((name) =>
      tensors.get(name)
    );
    const [count, dimension] = checkedShape(path, rows, codes, scales);
    // A mapping of no bytes is refused by the system.
    if (count * dimension === 0) return EmbeddingMatrix.of(new Float32Array(0), dimension);
    return scope(() => {
      const bytes = mapFile(path, [rows!.fileBytes]);
      const take = (place?: TensorPlace) => place === undefined ? null : tensorAt(bytes, place);
      return new EmbeddingMatrix([count, dimension], {
        rows: take(rows),
        codes: take(codes),
        scales: take(scales),
        memory: null,
      });
    });
  }

  /** Row number `index`, [D], as float32. */
  row(index: number): Float32Array {
    if (!(index >= 0 && index < this.count)) {
      throw new CsnError(`Cannot take embedding ${index}: there are ${this.count}`);
    }
    const { memory, rows } = this.#parts;
    if (memory !== null) {
      return memory.subarray(index * this.dimension, (index + 1) * this.dimension);
    }
    using row = scope(() => toDType(narrow(rows!, { dim: 0, start: index, length: 1 }), "float32"));
    return row.data() as Float32Array;
  }

  /** [n, D]: the rows number `indices` [n], in that order, as float32. */
  take(indices: Uint32Array): Float32Array {
    const beyond = indices.find((index) => index >= this.count);
    if (beyond !== undefined) {
      throw new CsnError(`Cannot take embedding ${beyond}: there are ${this.count}`);
    }
    const { memory, rows } = this.#parts;
    if (memory !== null) {
      const taken = new Float32Array(indices.length * this.dimension);
      indices.forEach((index, i) => taken.set(this.row(index), i * this.dimension));
      return taken;
    }
    using taken = scope(() => toDType(indexSelect(rows!, longs(indices, "cpu")), "float32"));
    return taken.data() as Float32Array;
  }

  /** All rows in order, `most` at a time at most, as float32. */
  *blocks(most: number): Generator<{ readonly first: number; readonly vectors: Float32Array }> {
    const { memory, rows } = this.#parts;
    for (let first = 0; first < this.count; first += most) {
      const length = Math.min(most, this.count - first);
      if (memory !== null) {
        const [from, to] = [first, first + length].map((row) => row * this.dimension);
        yield { first, vectors: memory.subarray(from, to) };
        continue;
      }
      using some = scope(() => toDType(narrow(rows!, { start: first, length }), "float32"));
      yield { first, vectors: some.data() as Float32Array };
    }
  }

  /** Where the numbers lie. */
  parts(): MatrixParts {
    return this.#parts;
  }

  /** For `scope()`. */
  [heldTensors](): Tensor[] {
    const { rows, codes, scales } = this.#parts;
    return [rows, codes, scales].filter((tensor) => tensor !== null);
  }

  /** Gives a mapping up; memory of JavaScript's stays as it is. */
  [Symbol.dispose](): void {
    for (const tensor of this[heldTensors]()) tensor.dispose();
  }
}

/** A tensor of a file that is mapped as uint8 [bytes]. */
function tensorAt(bytes: Tensor, { dtype, shape, from, to }: TensorPlace): Tensor {
  return scope(() => {
    const own = narrow(bytes, { dim: 0, start: from, length: to - from });
    return reshape(call("aten::view.dtype", own, dtype), shape);
  });
}

/** N and D. */
function checkedShape(
  path: string,
  rows: TensorPlace | undefined,
  codes: TensorPlace | undefined,
  scales: TensorPlace | undefined,
): readonly number[] {
  const refusal = (found: string) => new CsnError(`Cannot search "${path}": ${found}`);
  if (rows === undefined) throw refusal("it holds no embeddings");
  const described = ({ dtype, shape }: TensorPlace) => `${dtype}[${shape.join(", ")}]`;
  if (!/^float(16|32)$/.test(rows.dtype) || rows.shape.length !== 2 || rows.shape[1] === 0) {
    throw refusal(
      `its embeddings are ${described(rows)}, they should be a matrix of float32 or float16`,
    );
  }
  const [count, dimension] = rows.shape;
  const isRight = codes === undefined && scales === undefined ||
    codes !== undefined && scales !== undefined &&
      described(codes) === `int8[${count}, ${dimension}]` &&
      described(scales) === `float32[${dimension}]`;
  if (isRight) return rows.shape;
  const found = [codes, scales].map((place) => place === undefined ? "none" : described(place));
  throw refusal(
    `its codes are ${found[0]} and their scales ${
      found[1]
    }, they should be int8[${count}, ${dimension}] and float32[${dimension}]; write it anew with \`writeEmbeddings()\``,
  );
}
