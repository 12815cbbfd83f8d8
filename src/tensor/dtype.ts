/** Element types of tensors, by PyTorch's names. */
export type DType =
  | "uint8"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "float16"
  | "float32"
  | "float64"
  | "bool"
  | "bfloat16";

/** Numbers of c10::ScalarType (c10/core/ScalarType.h), by which libtorch knows them. */
const codes: Readonly<Record<DType, number>> = {
  uint8: 0,
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  float16: 5,
  float32: 6,
  float64: 7,
  bool: 11,
  bfloat16: 15,
};

/** All dtypes. */
export const dtypes = Object.keys(codes) as readonly DType[];

const names: ReadonlyMap<number, DType> = new Map(
  Object.entries(codes).map(([name, code]) => [code, name as DType]),
);

/** Array that holds a tensor's elements; bool is 0 or 1, bfloat16 its 16 bits. */
export type TensorData =
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Float16Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

const arrays: Readonly<Record<DType, new (buffer: ArrayBuffer) => TensorData>> = {
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float16: Float16Array,
  float32: Float32Array,
  float64: Float64Array,
  bool: Uint8Array,
  bfloat16: Uint16Array,
};

/** libtorch's number of a dtype. */
export function dtypeCode(dtype: DType): number {
  return codes[dtype];
}

/**
 * The dtype with libtorch's number `code`; undefined for those that csn does not use (complex,
 * ...).
 */
export function dtypeOfCode(code: number): DType | undefined {
  return names.get(code);
}

/** Bytes of one element. */
export function bytesPerElement(dtype: DType): number {
  return new arrays[dtype](new ArrayBuffer(0)).BYTES_PER_ELEMENT;
}

/** The bytes in `buffer` as an array of `dtype`'s elements, not copied. */
export function dataOf(dtype: DType, buffer: ArrayBuffer): TensorData {
  return new arrays[dtype](buffer);
}

/**
 * The dtype whose elements a typed array holds; Uint16Array is taken for bfloat16, undefined is one
 * that libtorch has no dtype for.
 */
export function dtypeOfData(data: ArrayBufferView): DType | undefined {
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) return "uint8";
  return (Object.entries(arrays) as [DType, typeof arrays[DType]][]).find(([dtype, kind]) =>
    dtype !== "bool" && data instanceof kind
  )?.[0];
}
