import { call } from "./call.ts";
import { noGrad, scope } from "./scope.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Whether the sum of a tensor's elements is finite, as it is when all of them are and none is huge.
 */
export function isFiniteTensor(tensor: Tensor): boolean {
  return noGrad(() => scope(() => Number.isFinite(call("aten::sum", tensor).item())));
}
