/** A small network, pack and batches of random pixels for tests of the training step. */
import type { Batch } from "../../src/training/batches/batches.ts";
import { Adam } from "../../src/network/adam.ts";
import { initialTensors, type NetworkShape } from "../../src/network/initialise.ts";
import { Network } from "../../src/network/network.ts";
import type { Placement } from "../../src/network/placement.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { reshape } from "../../src/tensor/operators.ts";
import { scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import type { StepSetting } from "../../src/training/train_step.ts";

/** The notions of the tiny network. */
export const tinyShape: NetworkShape = { notions: ["a", "b"], dimension: 8, variant: "learned" };

const images = 12;

/** A setting that is freed with the returned stack. */
export function tinySetting(
  options: {
    readonly size?: number;
    readonly shape?: NetworkShape;
    readonly seed?: number;
    readonly placement?: Placement;
  } = {},
): { setting: StepSetting; made: DisposableStack } {
  const { size = 16, shape = tinyShape, seed = 1 } = options;
  const made = new DisposableStack();
  const network = made.use(new Network(shape, initialTensors(shape, seed), options.placement));
  const optimiser = made.use(new Adam(network.parameters()));
  const pack = made.use(scope(() => reshape(Tensor.from(pixels(size)), [images, size, size, 3])));
  return {
    made,
    setting: {
      network,
      optimiser,
      pack,
      normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      weights: { margin: 0.2, embedding: 5e-3, mask: 5e-4 },
    },
  };
}

/** Batch number `index`: `size` random triplets. */
export function tinyBatch(index: number, size = 4): Batch {
  return {
    index,
    size,
    images: Uint32Array.from({ length: 3 * size }, (_, i) => randomUint32(2, index, i) % images),
    notion: Uint8Array.from({ length: size }, (_, i) => i % 2),
    flips: Uint8Array.from({ length: 3 * size }, (_, i) => randomUint32(3, index, i) % 2),
  };
}

function pixels(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    { length: images * size * size * 3 },
    (_, i) => randomUint32(4, 0, i) & 0xff,
  );
}
