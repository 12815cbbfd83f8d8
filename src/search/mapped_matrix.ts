import { CsnError } from "../base/errors.ts";
import { call } from "../tensor/call.ts";
import { indexSelect, longs, mapFile, narrow, reshape, toDType } from "../tensor/operators.ts";
import { readSafetensorsHeader, type TensorPlace } from "../tensor/safetensors.ts";
import { heldTensors, scope } from "../tensor/scope.ts";
import type { Tensor } from "../tensor/tensor.ts";
import {
  checkRow,
  EmbeddingMatrix,
  type MatrixBlock,
  type MatrixParts,
} from "./embedding_matrix.ts";

/**
 * The matrix `embeddings` of a safetensors file, float32 or float16, mapped and not read, with its
 * `codes` (int8) and `scales` where it has them. Needs libtorch. The file may be replaced or removed
 * meanwhile, but must not be overwritten in place.
 */
export async function mapMatrix(path: string): Promise<EmbeddingMatrix> {
  const { tensors } = await readSafetensorsHeader(path);
  const [rows, codes, scales] = ["embeddings", "codes", "scales"].map((name) => tensors.get(name));
  const [count, dimension] = checkedShape(path, rows, codes, scales);
  // A mapping of no bytes is refused by the system.
  if (count * dimension === 0) return EmbeddingMatrix.of(new Float32Array(0), dimension);
  return scope(() => {
    const bytes = mapFile(path, [rows!.fileBytes]);
    const take = (place?: TensorPlace) => place === undefined ? null : tensorAt(bytes, place);
    return new MappedMatrix(count, dimension, {
      rows: take(rows)!,
      codes: take(codes),
      scales: take(scales),
    });
  });
}

/** Rows that lie in a file. */
class MappedMatrix extends EmbeddingMatrix {
  readonly #tensors: Pick<MatrixParts, "codes" | "scales"> & { readonly rows: Tensor };

  constructor(
    count: number,
    dimension: number,
    tensors: Pick<MatrixParts, "codes" | "scales"> & { readonly rows: Tensor },
  ) {
    super(count, dimension);
    this.#tensors = tensors;
  }

  override row(index: number): Float32Array {
    checkRow(this, index);
    return this.#read({ first: index, length: 1 });
  }

  override take(indices: Uint32Array): Float32Array {
    indices.forEach((index) => checkRow(this, index));
    const { rows } = this.#tensors;
    using taken = scope(() => toDType(indexSelect(rows, longs(indices, "cpu")), "float32"));
    return taken.data() as Float32Array;
  }

  override *blocks(most: number): Generator<MatrixBlock> {
    for (let first = 0; first < this.count; first += most) {
      const length = Math.min(most, this.count - first);
      yield { first, vectors: this.#read({ first, length }) };
    }
  }

  override parts(): MatrixParts {
    return { ...this.#tensors, memory: null };
  }

  #read({ first, length }: { readonly first: number; readonly length: number }): Float32Array {
    const { rows } = this.#tensors;
    using some = scope(() => toDType(narrow(rows, { start: first, length }), "float32"));
    return some.data() as Float32Array;
  }

  /** For `scope()`. */
  [heldTensors](): Tensor[] {
    return Object.values(this.#tensors).filter((tensor) => tensor !== null);
  }

  /** Gives the mapping up. */
  override [Symbol.dispose](): void {
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
