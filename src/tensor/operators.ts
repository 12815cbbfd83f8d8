/** The operators that csn uses, typed; any other is a `call("aten::...")` away. */
import { call, callAll } from "./call.ts";
import type { DType } from "./dtype.ts";
import { Tensor } from "./tensor.ts";

/** a + b, with broadcasting. */
export function add(a: Tensor, b: Tensor | number): Tensor {
  return call(typeof b === "number" ? "aten::add.Scalar" : "aten::add.Tensor", a, b);
}

/** a - b, with broadcasting. */
export function subtract(a: Tensor, b: Tensor | number): Tensor {
  return call(typeof b === "number" ? "aten::sub.Scalar" : "aten::sub.Tensor", a, b);
}

/** a * b, with broadcasting. */
export function multiply(a: Tensor, b: Tensor | number): Tensor {
  return call(typeof b === "number" ? "aten::mul.Scalar" : "aten::mul.Tensor", a, b);
}

/** a / b, with broadcasting. */
export function divide(a: Tensor, b: Tensor | number): Tensor {
  return call(typeof b === "number" ? "aten::div.Scalar" : "aten::div.Tensor", a, b);
}

/** Matrix product. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  return call("aten::matmul", a, b);
}

/** max(x, 0), element by element. */
export function relu(x: Tensor): Tensor {
  return call("aten::relu", x);
}

/** max(x, least), element by element; its gradient passes where x >= least. */
export function clampMin(x: Tensor, least: number): Tensor {
  return call("aten::clamp_min", x, least);
}

/** Sum of all elements. */
export function sum(x: Tensor): Tensor {
  return call("aten::sum", x);
}

/** Mean of all elements, or along `dim`. */
export function mean(x: Tensor, dim?: number): Tensor {
  return dim === undefined ? call("aten::mean", x) : call("aten::mean.dim", x, [dim]);
}

/** The p-norm of all elements as one vector. */
export function norm(x: Tensor, p: number): Tensor {
  return call("aten::norm.Scalar", x, p);
}

/**
 * Euclidean distances [B] of the rows of a and b [B, D], with PyTorch's epsilon of 1e-6 added to
 * each difference (torch.nn.functional.pairwise_distance).
 */
export function pairwiseDistance(a: Tensor, b: Tensor): Tensor {
  return call("aten::pairwise_distance", a, b);
}

/** Rows (or slices along `dim`) number `indices` (int64 [n]). */
export function indexSelect(
  x: Tensor,
  indices: Tensor,
  { dim = 0 }: { readonly dim?: number } = {},
): Tensor {
  return call("aten::index_select", x, dim, indices);
}

/** The same elements, `length` of them along `dim` from `start`: a view. */
export function narrow(
  x: Tensor,
  { dim = 0, start, length }: {
    readonly dim?: number;
    readonly start: number;
    readonly length: number;
  },
): Tensor {
  return call("aten::narrow", x, dim, start, length);
}

/** Tensors one after the other along `dim`. */
export function concatenate(tensors: readonly Tensor[], dim = 0): Tensor {
  return call("aten::cat", tensors, dim);
}

/** Tensors of one shape along a new first dimension. */
export function stack(tensors: readonly Tensor[]): Tensor {
  return call("aten::stack", tensors);
}

/** The same elements in another shape; -1 stands for what is left. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  return call("aten::reshape", x, shape);
}

/** The matrix with rows and columns exchanged: a view. */
export function transpose(x: Tensor): Tensor {
  return call("aten::t", x);
}

/** Converted to `dtype`; the tensor's elements are shared when it has that dtype already. */
export function toDType(x: Tensor, dtype: DType): Tensor {
  return call("aten::to.dtype", x, dtype);
}

/**
 * Moved to `device`, "cpu" or "cuda:0"; shared when it is there already. To a CUDA device without
 * waiting for what it computes: the driver has copied pageable memory aside when the call returns.
 */
export function toDevice(x: Tensor, device: string): Tensor {
  return call("aten::to.device", x, device, x.dtype, device !== "cpu");
}

/**
 * Numbers up to which CUDA's driver copies int64 aside at once: 64 KB. For more it waits for the
 * device.
 */
const copiedAside = 8192;

/**
 * Whole numbers, such as rows to select, as an int64 tensor [n] on `device`, which is not waited
 * for.
 */
export function longs(values: Uint8Array | Uint32Array, device: string): Tensor {
  const here = Tensor.from(BigInt64Array.from(values as Uint32Array, BigInt));
  if (device === "cpu" || values.length <= copiedAside) return toDevice(here, device);
  return toDevice(call("aten::pin_memory", here), device);
}

/** A copy; `layout` gives the order of its elements in memory. */
export function clone(
  x: Tensor,
  layout: "contiguous" | "channels_last" | "preserve" = "preserve",
): Tensor {
  return call("aten::clone", x, layout);
}

/** The same elements, cut off from the autograd graph. */
export function detach(x: Tensor): Tensor {
  return call("aten::detach", x);
}

/** Zeros of the shape, dtype and strides of `x`. */
export function zerosLike(x: Tensor): Tensor {
  return call("aten::zeros_like", x);
}

/** Zeros. */
export function zeros(
  shape: readonly number[],
  { dtype = "float32", device = "cpu" }: {
    readonly dtype?: DType;
    readonly device?: string;
  } = {},
): Tensor {
  return call("aten::zeros", shape, dtype, undefined, device);
}

/** Whether a > b, element by element, as bool. */
export function greater(a: Tensor, b: Tensor | number): Tensor {
  return call(typeof b === "number" ? "aten::gt.Scalar" : "aten::gt.Tensor", a, b);
}

/** The k largest or smallest values along the last dimension, sorted, and their indices (int64). */
export function topK(
  x: Tensor,
  k: number,
  { largest = true }: { readonly largest?: boolean } = {},
): { values: Tensor; indices: Tensor } {
  const [values, indices] = callAll("aten::topk", x, k, -1, largest, true);
  return { values: values!, indices: indices! };
}

/**
 * Overwrites the elements of `target` with those of `source`; strides and dtype of `target` stay.
 */
export function copyInto(target: Tensor, source: Tensor): void {
  call("aten::copy_", target, source).dispose();
}

/**
 * A uint8 tensor over the bytes of a file, mapped and not read; it must never shrink while mapped.
 */
export function mapFile(path: string, shape: readonly number[]): Tensor {
  const bytes = shape.reduce((product, length) => product * length, 1);
  const flat = call("aten::from_file", path, false, bytes, "uint8");
  try {
    return reshape(flat, shape);
  } finally {
    flat.dispose();
  }
}
