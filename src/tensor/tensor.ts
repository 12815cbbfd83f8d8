import { CsnError } from "../base/errors.ts";
import { checked, enqueue, errorBuffer, native } from "../native/library.ts";
import { bytesPerElement, dataOf, type DType, dtypeCode, dtypeOfCode } from "./dtype.ts";
import type { TensorData } from "./dtype.ts";
import {
  bfloat16Value,
  checkedShape,
  elementsOf,
  type OtherArray,
  type TensorElements,
} from "./elements.ts";
import { adopt } from "./scope.ts";

/** What libtorch knows of a tensor besides its elements. */
interface Info {
  readonly dtype: DType;
  readonly device: string;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** What becomes of data in a tensor. */
export interface TensorOptions {
  /** Sizes of the dimensions. @default {that of the arrays' nesting} */
  readonly shape?: readonly number[];
  /** Element type. @default {a typed array's own, else float32, int64 or bool} */
  readonly dtype?: DType;
}

/** c10::DeviceType numbers (c10/core/DeviceType.h) that csn meets. */
const deviceNames: Readonly<Record<number, string>> = { 0: "cpu", 1: "cuda", 13: "mps" };

/**
 * Frees forgotten tensors; a safety net only, because the collector does not see libtorch's memory.
 */
const forgotten = new FinalizationRegistry<number>((handle) => {
  const errors = errorBuffer();
  native().csn_free(handle, errors, errors.length);
});

/**
 * An n-dimensional array of libtorch's. Its memory is freed by `dispose()`, by `using`, or by the
 * innermost `scope()` it was made in; using it afterwards throws a CsnError.
 *
 * @example Tensors live until they are disposed of, by `using` or by a scope
 * ```ts
 * import { start } from "@csn/csn";
 * import { matmul, scope, Tensor, transpose } from "@csn/csn/tensor";
 *
 * await start();
 * using a = Tensor.from([[1, 2], [3, 4]]);
 * using product = scope(() => matmul(a, transpose(a)));
 * console.log(product.toArray()); // [5, 11, 11, 25]
 * ```
 */
export class Tensor implements Disposable {
  #handle: number;
  #info: Info | null = null;
  #described = 0;

  /** For the operator layer: wraps a handle that the shim gave and that nobody else owns. */
  constructor(handle: number) {
    this.#handle = handle;
    forgotten.register(this, handle, this);
    adopt(this);
  }

  /**
   * A CPU tensor with a copy of `data` (C order). `dtype` is by default a typed array's own, else
   * float32, int64 of bigints alone, bool of booleans alone; the default shape is that of the
   * arrays' nesting. Elements of another kind are converted by value. Throws a CsnError that names
   * the first one that the dtype cannot hold, and when arrays are ragged or `data` does not fit
   * `shape`.
   */
  static from(
    data: TensorData | OtherArray | TensorElements,
    { shape, dtype }: TensorOptions = {},
  ): Tensor {
    const elements = elementsOf(data, dtype);
    if (shape !== undefined) checkedShape(shape, elements.shape);
    const { buffer, byteOffset, byteLength } = elements.data;
    const sizes = BigInt64Array.from(shape ?? elements.shape, BigInt);
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    let handle = 0;
    checked((err, cap) => {
      const code = dtypeCode(elements.dtype);
      handle = native().csn_from_buffer(bytes, bytes.length, code, sizes, sizes.length, err, cap);
      return handle !== 0;
    });
    return new Tensor(handle);
  }

  /** The shim's number of this tensor. Throws when it was disposed of. */
  get handle(): number {
    if (this.#handle === 0) {
      throw new CsnError("The tensor was freed already; it must not be used after dispose()");
    }
    return this.#handle;
  }

  /** Whether `dispose()` was called. */
  get isDisposed(): boolean {
    return this.#handle === 0;
  }

  /** Sizes of the dimensions. */
  get shape(): readonly number[] {
    return this.#describe().shape;
  }

  /** Distance in elements between neighbours along each dimension. */
  get strides(): readonly number[] {
    return this.#describe().strides;
  }

  /** Element type. */
  get dtype(): DType {
    return this.#describe().dtype;
  }

  /** Where the elements lie: "cpu", "cuda:0". */
  get device(): string {
    return this.#describe().device;
  }

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  /** Whether backward passes give it a gradient. */
  get requiresGrad(): boolean {
    return readInfo(this.handle)[1] === 1n;
  }

  /** Makes a leaf a parameter, or no longer one. */
  set requiresGrad(value: boolean) {
    checked((err, cap) =>
      native().csn_set_requires_grad(this.handle, value ? 1 : 0, err, cap) === 0
    );
  }

  /** A new tensor that shares the gradient of this one; null when no backward pass gave it one. */
  grad(): Tensor | null {
    const out = new Float64Array(1);
    checked((err, cap) => native().csn_grad(this.handle, out, err, cap) === 0);
    return out[0] === 0 ? null : new Tensor(out[0]);
  }

  /** A copy of the elements in C order. */
  data(): TensorData {
    const buffer = this.#newBuffer();
    const bytes = new Uint8Array(buffer);
    checked((err, cap) => native().csn_read(this.handle, bytes, bytes.length, err, cap) === 0);
    return dataOf(this.dtype, buffer);
  }

  /** The same without blocking the event loop, after all that was asked for before. */
  async dataAsync(): Promise<TensorData> {
    const { dtype } = this;
    const buffer = this.#newBuffer();
    const bytes = new Uint8Array(buffer);
    await enqueue(
      (err, cap) => native().csn_read_async(this.handle, bytes, bytes.length, err, cap),
      (status) => status !== 0,
      [this, bytes],
    );
    return dataOf(dtype, buffer);
  }

  /** The elements as plain numbers, in C order. */
  toArray(): number[] {
    const data = this.data();
    return this.dtype === "bfloat16"
      ? Array.from(data as Uint16Array, bfloat16Value)
      : Array.from(data as ArrayLike<number | bigint>, Number);
  }

  /** The one element as a number. Throws when there is not exactly one. */
  item(): number {
    if (this.size !== 1) {
      throw new CsnError(`item() needs one element, found shape [${this.shape}]`);
    }
    return this.toArray()[0];
  }

  /** Frees it; a second call does nothing. */
  dispose(): void {
    if (this.#handle === 0) return;
    const handle = this.#handle;
    this.#handle = 0;
    forgotten.unregister(this);
    checked((err, cap) => native().csn_free(handle, err, cap) === 0);
  }

  /** As `dispose()`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** "Tensor float32[2, 3] on cpu", for messages. */
  toString(): string {
    if (this.#handle === 0) return "Tensor (freed)";
    return `Tensor ${this.dtype}[${this.shape.join(", ")}] on ${this.device}`;
  }

  #newBuffer(): ArrayBuffer {
    return new ArrayBuffer(this.size * bytesPerElement(this.dtype));
  }

  #describe(): Info {
    const handle = this.handle;
    if (this.#info === null || this.#described !== reshapings) {
      this.#info = parseInfo(readInfo(handle));
      this.#described = reshapings;
    }
    return this.#info;
  }
}

/** How often shapes may have changed in place; what was known of a tensor before is out of date. */
let reshapings = 0;

/** For the operator layer: an operator ran that may have changed shapes or strides in place. */
export function forgetShapes(): void {
  reshapings++;
}

/** Drops the gradients of all `tensors`. */
export function clearGrads(tensors: readonly Tensor[]): void {
  const handles = Float64Array.from(tensors, (tensor) => tensor.handle);
  checked((err, cap) => native().csn_clear_grads(handles, handles.length, err, cap) === 0);
}

const infoBuffer = new BigInt64Array(5 + 2 * 64);

function readInfo(handle: number): BigInt64Array {
  let length = 0;
  checked((err, cap) => {
    length = native().csn_info(handle, infoBuffer, infoBuffer.length, err, cap);
    return length >= 0;
  });
  return infoBuffer.subarray(0, length);
}

function parseInfo(info: BigInt64Array): Info {
  const dtype = dtypeOfCode(Number(info[0]));
  if (dtype === undefined) {
    throw new CsnError(
      `Cannot use a tensor whose dtype is c10::ScalarType ${info[0]}: csn has no name for it`,
    );
  }
  const type = deviceNames[Number(info[2])] ?? `device${info[2]}`;
  const dims = Number(info[4]);
  const numbers = Array.from(info.subarray(5), Number);
  return {
    dtype,
    device: type === "cpu" ? type : `${type}:${Math.max(0, Number(info[3]))}`,
    shape: numbers.slice(0, dims),
    strides: numbers.slice(dims),
  };
}
