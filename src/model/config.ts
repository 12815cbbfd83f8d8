import type { NetworkShape } from "../network/initialise.ts";
import type { Variant } from "../network/variant.ts";
import type { Precision } from "../network/placement.ts";
import type { ExcludeList } from "../sets/excluded_triplets.ts";

/**
 * How an epoch is cut into batches. "triplets": as the paper, three passes over the roles of a
 * batch's triplets. "dense-lists": triplets that share images share a batch, each image is embedded
 * once. "dense-values": each training image once an epoch, triplets formed in the batch by the
 * images' values.
 */
export type Sampler = "triplets" | "dense-lists" | "dense-values";

/**
 * Everything that decides what a training run computes, resolved; stored with the run and in its
 * files.
 */
export interface TrainConfig {
  /** Name of the run. */
  readonly name: string;
  /** Folder of the image set, absolute. */
  readonly data: string;
  /** Names of the notions that are learned, in the order of the masks' rows. */
  readonly notions: readonly string[];
  /** Side of the square images in pixels. */
  readonly imageSize: number;
  /** Triplets in a batch; a dense one has three times as many images, at most. */
  readonly batchSize: number;
  /** Last epoch, inclusive. */
  readonly epochs: number;
  /** First epoch; epochs count from 1, and the learning rate goes by their number. */
  readonly startEpoch: number;
  /** Base of the learning rate; epoch e runs at `learningRate * 0.985 ** e`. */
  readonly learningRate: number;
  /** Seed of weights, subsets, order and flips. */
  readonly seed: number;
  /** Margin of the triplet loss, in units of distance. */
  readonly margin: number;
  /** Weight of the embedding norm in the loss. */
  readonly embedLoss: number;
  /** Weight of the mask norm in the loss. */
  readonly maskLoss: number;
  /** Training triplets for ALL notions of the set; a subset of them takes its share. */
  readonly trainTriplets: number;
  /** Dimensions of an embedding; of specialists, of each one's. */
  readonly dimension: number;
  /** Which of the paper's networks is trained. */
  readonly variant: Variant;
  /** Where the backbone starts from: "imagenet", "none" or a safetensors file. */
  readonly pretrained: string;
  /** "cpu" or "cuda:0". */
  readonly device: string;
  /** In what numbers the backbone computes. */
  readonly precision: Precision;
  /** How an epoch is cut into batches. */
  readonly sampler: Sampler;
  /** Whether images that are missing or unreadable may be more than 1 %. */
  readonly allowMissing: boolean;
  /** Training triplets that are left out; undefined for none. */
  readonly exclude?: ExcludeList;
}

/** The defaults of the reference code (main.py), and csn's where it has no such setting. */
export const defaultConfig: Omit<TrainConfig, "data" | "notions"> = {
  name: "Conditional_Similarity_Network",
  imageSize: 112,
  batchSize: 256,
  epochs: 200,
  startEpoch: 1,
  learningRate: 5e-5,
  seed: 1,
  margin: 0.2,
  embedLoss: 5e-3,
  maskLoss: 5e-4,
  trainTriplets: 100_000,
  dimension: 64,
  variant: "fixed",
  pretrained: "none",
  device: "cpu",
  precision: "float32",
  sampler: "triplets",
  allowMissing: false,
};

/** What a run's network is made of. */
export function shapeOfConfig({ notions, dimension, variant }: TrainConfig): NetworkShape {
  const backbones = variant === "specialists" ? notions.length : 1;
  return { notions, dimension: backbones * dimension, variant };
}

/** How a run is carried on: remembered for when it goes on, changed freely then. */
export interface RunSettings {
  /** Batches between two log lines. */
  readonly logInterval: number;
  /** Minutes between two checkpoints inside an epoch. */
  readonly saveEveryMinutes: number;
  /** The visdom server that is posted to; null for none. */
  readonly visdom: {
    readonly server: string;
    readonly port: number;
    readonly environment: string;
  } | null;
}

/** The reference code's log interval, and csn's defaults. */
export const defaultSettings: RunSettings = { logInterval: 20, saveEveryMinutes: 10, visdom: null };

/** Factor of the learning rate per epoch (reference code, main.py: adjust_learning_rate). */
const decay = 0.985;

/** The learning rate of epoch `epoch`, counted from 1; the first is already decayed once. */
export function learningRateOf(config: TrainConfig, epoch: number): number {
  return config.learningRate * decay ** epoch;
}
