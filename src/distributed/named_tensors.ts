import type { Tensor } from "../tensor/tensor.ts";

/**
 * Tensors in the order of their names, which all ranks give them in: a file and a new network have
 * them in orders of their own.
 */
export function namedTensors(tensors: ReadonlyMap<string, Tensor>): Tensor[] {
  return [...tensors].sort(([a], [b]) => a < b ? -1 : 1).map(([, tensor]) => tensor);
}
