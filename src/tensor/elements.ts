/**
 * A tensor's elements from what JavaScript has: converted by value, exactly what the dtype can
 * hold, or refused.
 */
import { CsnError } from "../base/errors.ts";
import {
  bytesPerElement,
  dataOf,
  type DType,
  dtypeOfData,
  dtypes,
  type TensorData,
} from "./dtype.ts";

/** Numbers, bigints and booleans in arrays, nested as deep as the tensor has dimensions. */
export type TensorElements = readonly (number | bigint | boolean | TensorElements)[];

/** Arrays whose elements libtorch has no dtype for; they are converted to one that is asked for. */
export type OtherArray = Uint8ClampedArray | Uint32Array | BigUint64Array;

/** Elements in C order, ready to be copied. */
export interface Elements {
  readonly dtype: DType;
  readonly data: TensorData;
  /** The shape that the arrays' nesting says. */
  readonly shape: readonly number[];
}

/** Most dimensions that libtorch's own iterators take. */
const mostDimensions = 64;

/**
 * The elements in `data` as `dtype`, by default an array's own, else float32, int64 of bigints
 * alone and bool of booleans alone. Throws a CsnError that names the first element that the dtype
 * cannot hold: fractions and what is out of range for whole numbers, all but 0, 1, true and false
 * for bool, finite numbers that would become infinite. Floating-point numbers are rounded to
 * nearest. Of a Uint16Array only bfloat16 is made.
 */
export function elementsOf(
  data: TensorData | OtherArray | TensorElements,
  dtype?: DType,
): Elements {
  if (dtype !== undefined && !dtypes.includes(dtype)) {
    throw new CsnError(
      `Cannot make a tensor: "${dtype}" is no dtype; use one of ${dtypes.join(", ")}`,
    );
  }
  if (Array.isArray(data)) return fromArrays(data, dtype);
  if (ArrayBuffer.isView(data) && !(data instanceof DataView)) {
    return fromTyped(data as TensorData | OtherArray, dtype);
  }
  throw new CsnError(
    `Cannot make a tensor: its elements are ${
      nameOf(data)
    }; pass an array of numbers or a typed array`,
  );
}

/**
 * Sizes for a tensor. Throws a CsnError when they are none, or other ones than the arrays' nesting
 * has.
 */
export function checkedShape(shape: readonly number[], nesting: readonly number[]): void {
  if (
    shape.length > mostDimensions || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)
  ) {
    throw new CsnError(
      `Cannot make a tensor of shape [${
        shape.join(", ")
      }]: it should be at most ${mostDimensions} sizes, whole numbers from 0`,
    );
  }
  if (nesting.length > 1 && nesting.join() !== shape.join()) {
    throw new CsnError(
      `Cannot make a tensor of shape [${shape.join(", ")}]: the arrays are nested as [${
        nesting.join(", ")
      }]; leave the shape out, or pass one flat array`,
    );
  }
}

function fromTyped(array: TensorData | OtherArray, wanted?: DType): Elements {
  const shape = [array.length];
  const own = dtypeOfData(array);
  const dtype = wanted ?? own;
  if (dtype === undefined) {
    throw new CsnError(
      `Cannot make a tensor: libtorch has no dtype for ${
        nameOf(array)
      }; pass the one to convert to, such as "int64"`,
    );
  }
  if (dtype === own) return { dtype, data: array as TensorData, shape };
  if (own === "bfloat16") {
    throw new CsnError(
      `Cannot make a tensor of ${dtype}: a Uint16Array stands for bfloat16's bits; pass an array of numbers, or make a bfloat16 tensor and convert that (toDType)`,
    );
  }
  return { dtype, data: converted(array, dtype), shape };
}

function fromArrays(nested: TensorElements, wanted?: DType): Elements {
  const shape = nestingOf(nested);
  const flat: unknown[] = [];
  flatten(nested, shape, 0, flat);
  const dtype = wanted ?? ofAll(flat);
  return { dtype, data: converted(flat, dtype), shape };
}

/** Lengths of the first array at each depth. */
function nestingOf(nested: TensorElements): number[] {
  const shape: number[] = [];
  for (let inner: unknown = nested; Array.isArray(inner); inner = inner[0]) {
    shape.push(inner.length);
    if (shape.length > mostDimensions) {
      throw new CsnError(
        `Cannot make a tensor: its arrays are nested deeper than ${mostDimensions} times`,
      );
    }
  }
  return shape;
}

function flatten(
  array: readonly unknown[],
  shape: readonly number[],
  depth: number,
  into: unknown[],
) {
  if (array.length !== shape[depth]) {
    throw new CsnError(
      `Cannot make a tensor: of its arrays at depth ${depth + 1}, the first has ${
        shape[depth]
      } elements, another ${array.length}; they should have one length`,
    );
  }
  const isInnermost = depth === shape.length - 1;
  for (const element of array) {
    if (Array.isArray(element) === isInnermost) {
      throw new CsnError(
        `Cannot make a tensor: its arrays at depth ${depth + 1} mix arrays and single elements`,
      );
    }
    if (isInnermost) into.push(element);
    else flatten(element as readonly unknown[], shape, depth + 1, into);
  }
}

function ofAll(values: readonly unknown[]): DType {
  const areAll = (type: string) =>
    values.length > 0 && values.every((each) => typeof each === type);
  return areAll("boolean") ? "bool" : areAll("bigint") ? "int64" : "float32";
}

function converted(values: ArrayLike<unknown>, dtype: DType): TensorData {
  const data = dataOf(dtype, new ArrayBuffer(values.length * bytesPerElement(dtype)));
  const convert = converter(dtype);
  for (let i = 0; i < values.length; i++) {
    const element = convert(values[i]);
    if (element === undefined) throw refused(values[i], i, dtype);
    data[i] = element;
  }
  return data;
}

/** Gives what an array of the dtype takes; undefined for what it cannot hold. */
function converter(dtype: DType): (value: unknown) => number | bigint | undefined {
  switch (dtype) {
    case "bool":
      return (value) => isNumber(value) && (value == 0 || value == 1) ? Number(value) : undefined;
    case "int64":
      return (value) => toInt64(value);
    case "float64":
      return (value) => toFloat(value, (number) => number);
    case "float32":
      return (value) => toFloat(value, Math.fround);
    case "float16":
      return (value) => toFloat(value, rounding(new Float16Array(1)));
    case "bfloat16":
      return (value) => {
        const number = toFloat(value, (each) => bfloat16Value(bfloat16Bits(each)));
        return number === undefined ? undefined : bfloat16Bits(number);
      };
    default: {
      const [least, most] = range(dtype);
      return (value) => {
        if (!isNumber(value)) return undefined;
        const number = Number(value);
        return Number.isInteger(number) && number >= least && number <= most ? number : undefined;
      };
    }
  }
}

function isNumber(value: unknown): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

/** Beyond 2^53 a number may stand for another whole number than the one that was meant. */
const exact = 2 ** 53;

function toInt64(value: unknown): bigint | undefined {
  if (!isNumber(value)) return undefined;
  if (typeof value === "bigint") return BigInt.asIntN(64, value) === value ? value : undefined;
  const number = Number(value);
  return Number.isInteger(number) && Math.abs(number) <= exact ? BigInt(number) : undefined;
}

function toFloat(value: unknown, round: (value: number) => number): number | undefined {
  if (!isNumber(value)) return undefined;
  const rounded = round(Number(value));
  const wasFinite = typeof value !== "number" || Number.isFinite(value);
  return wasFinite && !Number.isFinite(rounded) ? undefined : rounded;
}

function rounding(one: Float16Array): (value: number) => number {
  return (value) => {
    one[0] = value;
    return one[0];
  };
}

/** Least and greatest of the whole numbers that a dtype holds. */
function range(dtype: DType): readonly [number, number] {
  const bits = 8 * bytesPerElement(dtype);
  return dtype === "uint8" ? [0, 255] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

function refused(value: unknown, index: number, dtype: DType): CsnError {
  const found = typeof value === "string" ? JSON.stringify(value) : nameOf(value);
  return new CsnError(
    `Cannot make a tensor of ${dtype}: element ${index} is ${found}; ${
      isNumber(value) ? held(dtype) : "elements are numbers, bigints or booleans"
    }`,
  );
}

function held(dtype: DType): string {
  if (dtype === "bool") return "bool holds 0, 1, true and false";
  if (dtype === "int64") {
    return "int64 holds whole numbers from -2^63 to 2^63 - 1, beyond 2^53 only as bigints";
  }
  if (/float/.test(dtype)) return `${dtype} holds numbers up to ${greatest[dtype]}; use float64`;
  return `${dtype} holds whole numbers from ${range(dtype).join(" to ")}`;
}

const greatest: Readonly<Partial<Record<DType, string>>> = {
  float16: "65,504",
  bfloat16: "3.39e38",
  float32: "3.40e38",
  float64: "1.79e308",
};

/** A value as a message shows it: a number by itself, an object by its class. */
function nameOf(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value !== "object" || value === null) return String(value);
  return `a ${Object.prototype.toString.call(value).slice(8, -1)}`;
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** The number that 16 bits of bfloat16 stand for. */
export function bfloat16Value(bits: number): number {
  word[0] = bits << 16;
  return float[0];
}

/** Rounded to nearest, ties to even, as c10/util/BFloat16.h. */
function bfloat16Bits(value: number): number {
  float[0] = value;
  if (Number.isNaN(value)) return 0x7fc0;
  return (word[0] + 0x7fff + (word[0] >>> 16 & 1)) >>> 16;
}
