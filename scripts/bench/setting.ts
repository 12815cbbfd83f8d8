/** What every item of the benchmark works with: its options, and csn's side of it. */
import { Adam } from "../../src/network/adam.ts";
import { initialTensors, type NetworkShape } from "../../src/network/initialise.ts";
import { Network } from "../../src/network/network.ts";
import type { Placement } from "../../src/network/placement.ts";
import type { Batch } from "../../src/training/batches/batches.ts";
import type { Normalisation } from "../../src/network/normalisation.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { reshape, toDevice } from "../../src/tensor/operators.ts";
import { scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import type { StepSetting } from "../../src/training/train_step.ts";
import { Partner } from "./partner.ts";
import { type Python, pythonProgram } from "./pytorch.ts";

/** What is measured, and how. */
export interface BenchOptions {
  /** Sides of the images in pixels. */
  readonly sizes: readonly number[];
  /** Triplets in a batch of training. */
  readonly batchSize: number;
  /** Runs of each side. */
  readonly repeats: number;
  /**
   * How long one timed run is, about: 1 is some five seconds of training at 112 pixels on two
   * cores.
   */
  readonly length: number;
  readonly threads: number;
  /** Of csn. */
  readonly placement: Placement;
  readonly python: Python;
  /** GOMP_SPINCOUNTs of csn's that the item busy compares; the first is what the others are held against. */
  readonly spinCounts?: readonly number[];
  /** Says what is being measured. */
  readonly notice: (text: string) => void;
}

/** What PyTorch is measured as: as the original computes, and as well as it can. */
export type Variant = "eager" | "tuned" | "folded" | "bf16";

/** The networks have four notions, as the paper's. */
export const benchShape: NetworkShape = {
  notions: ["0", "1", "2", "3"],
  dimension: 64,
  variant: "learned",
};

/** ImageNet's. */
export const benchNormalisation: Normalisation = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** Images in a random pack that is trained on or embedded. */
export const packImages = 1000;

/** Where bfloat16 is asked of csn on the CPU, PyTorch's is measured too. */
export function variantsFor({ placement }: BenchOptions): Variant[] {
  const isOwn = placement.device === "cpu" && placement.precision === "bf16";
  return isOwn ? ["eager", "tuned", "bf16"] : ["eager", "tuned"];
}

/** `at112` pieces of work at 112 pixels are as long as so many at `size`; at least one. */
export function scaled(at112: number, size: number, { length }: BenchOptions): number {
  return Math.max(1, Math.round(length * at112 * (112 / size) ** 2));
}

/** Starts one of the timed PyTorch programs. */
export async function startPartner(
  program: string,
  size: number,
  options: BenchOptions,
  more: Readonly<Record<string, string | number>> = {},
): Promise<Partner> {
  const args = {
    "image-size": size,
    "batch-size": options.batchSize,
    threads: options.threads,
    device: options.placement.device,
    ...more,
  };
  return await Partner.start(pythonProgram(options.python, program, args));
}

/** A new network at the chosen place. */
export function benchNetwork({ placement }: BenchOptions): Network {
  return new Network(benchShape, initialTensors(benchShape, 1), placement);
}

/** Random pixels, uint8 [count, size, size, 3], where the network computes. */
export function randomPack(count: number, size: number, { placement }: BenchOptions): Tensor {
  const bytes = Uint8Array.from(
    { length: count * size * size * 3 },
    (_, i) => Math.imul(i, 2654435761) >>> 24,
  );
  return scope(() =>
    toDevice(reshape(Tensor.from(bytes), [count, size, size, 3]), placement.device)
  );
}

/** A setting to train in, freed with `made`. */
export function stepSetting(
  size: number,
  options: BenchOptions,
  made: DisposableStack,
): StepSetting {
  const network = made.use(benchNetwork(options));
  return {
    network,
    optimiser: made.use(new Adam(network.parameters())),
    pack: made.use(randomPack(packImages, size, options)),
    normalisation: benchNormalisation,
    weights: { margin: 0.2, embedding: 5e-3, mask: 5e-4 },
  };
}

/** Batch number `index` of random triplets of a random pack. */
export function randomBatch(index: number, size: number): Batch {
  return {
    index,
    size,
    images: Uint32Array.from(
      { length: 3 * size },
      (_, i) => randomUint32(1, index, i) % packImages,
    ),
    notion: Uint8Array.from({ length: size }, (_, i) => i % benchShape.notions.length),
    flips: new Uint8Array(3 * size),
  };
}
