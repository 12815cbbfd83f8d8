/**
 * The door to tensors, and to all that a training loop of one's own needs: operators, the network,
 * its loss and its optimiser.
 *
 * @module
 */
export { Tensor, type TensorOptions } from "./tensor.ts";
export type { DType, TensorData } from "./dtype.ts";
export type { OtherArray, TensorElements } from "./elements.ts";
export { heldTensors, noGrad, scope, type Synchronous } from "./scope.ts";
export { liveBytes, liveTensors } from "../native/library.ts";

// Operators
export { type Argument, call, callAll, callAllAsync, callAsync, type FloatScalar } from "./call.ts";
export {
  add,
  clampMin,
  clone,
  concatenate,
  copyInto,
  detach,
  divide,
  greater,
  indexSelect,
  longs,
  mapFile,
  matmul,
  mean,
  multiply,
  narrow,
  norm,
  pairwiseDistance,
  relu,
  reshape,
  stack,
  subtract,
  sum,
  toDevice,
  toDType,
  topK,
  transpose,
  zeros,
  zerosLike,
} from "./operators.ts";

// Training
export { backward, gatherImages, type GatherOptions } from "../network/backbone.ts";
export { Network } from "../network/network.ts";
export { initialTensors, type NetworkShape } from "../network/initialise.ts";
export {
  type LossNumbers,
  type LossOptions,
  type LossWeights,
  readLoss,
  type TripletLoss,
  tripletLoss,
  type TripletRoles,
} from "../network/triplet_loss.ts";
export { Adam } from "../network/adam.ts";

// Files
export {
  readSafetensors,
  type StoredTensor,
  type StoredTensors,
  writeSafetensors,
} from "./safetensors.ts";
