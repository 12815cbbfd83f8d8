/**
 * The door to tensors, and to all that a training loop of one's own needs: operators, the network,
 * its loss and its optimiser.
 *
 * @example A training loop of one's own: one step on random pixels
 * ```ts
 * import { start } from "@csn/csn";
 * import {
 *   Adam,
 *   backward,
 *   gatherImages,
 *   initialTensors,
 *   longs,
 *   narrow,
 *   Network,
 *   type NetworkShape,
 *   readLoss,
 *   scope,
 *   Tensor,
 *   tripletLoss,
 * } from "@csn/csn/tensor";
 *
 * await start();
 * const shape: NetworkShape = { notions: ["heel", "colour"], dimension: 8, variant: "learned" };
 * using network = new Network(shape, initialTensors(shape, 1));
 * using adam = new Adam(network.parameters());
 * const pixels = crypto.getRandomValues(new Uint8Array(6 * 16 * 16 * 3));
 * using pack = Tensor.from(pixels, { shape: [6, 16, 16, 3] });
 *
 * // Two triplets, one of each notion: the anchors, then the far, then the near images.
 * const normalisation = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;
 * using images = await gatherImages(pack, [0, 1, 2, 3, 4, 5], { normalisation });
 * using embedded = await network.embed(images, { train: true, grad: true, groups: 3 });
 * const loss = scope(() => {
 *   const [anchor, far, near] = [0, 2, 4].map((start) =>
 *     narrow(embedded, { dim: 0, start, length: 2 })
 *   );
 *   const masks = network.masks(longs(Uint8Array.of(0, 1), "cpu"));
 *   return tripletLoss({ anchor, far, near }, masks, { margin: 0.2, embedding: 5e-3, mask: 5e-4 });
 * });
 * await backward(loss.loss);
 * await adam.step(1e-3);
 * console.log((await readLoss(loss)).loss);
 * ```
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
export { backward } from "./backward.ts";
export { gatherImages, type GatherOptions } from "../network/backbone.ts";
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
