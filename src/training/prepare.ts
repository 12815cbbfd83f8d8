import { type ImageSet, openImageSet } from "../data/image_set.ts";
import { type Pack, preparePack } from "../data/pack.ts";
import { loadTriplets, type Triplets } from "../data/triplets.ts";
import { UsageError } from "../errors.ts";
import type { Listener } from "../listener.ts";
import { mapFile } from "../tensor/operators.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { TrainConfig } from "./config.ts";

/** An image set ready to train on. */
export interface PreparedTraining extends Disposable {
  readonly set: ImageSet;
  /** All images, uint8 [N, S, S, 3], mapped from the pack. */
  readonly pack: Tensor;
  readonly train: Triplets;
  readonly validation: Triplets;
}

/** Opens the set, builds its pack when needed, and reads the training and validation lists. */
export async function prepareTraining(
  config: TrainConfig,
  options: { readonly listener?: Listener; readonly signal?: AbortSignal },
): Promise<PreparedTraining> {
  const set = await openImageSet(config.data);
  const packed = await preparePack(set, config.imageSize, {
    ...options,
    allowMissing: config.allowMissing,
  });
  const common = { notions: config.notions, seed: config.seed, unusable: unusableImages(packed) };
  const train = await loadTriplets(set, "train", { ...common, total: config.trainTriplets });
  checkBatches(config, train);
  const validation = await loadTriplets(set, "val", common);
  const pack = mapPack(packed);
  return { set, pack, train, validation, [Symbol.dispose]: () => pack.dispose() };
}

/** Images of this side leave the last stage as a single pixel; larger ones as four or more. */
const onePixelSize = 16;

/** Batch norm needs two values of a channel: one small image alone in a batch gives it one. */
function checkBatches({ imageSize, batchSize }: TrainConfig, { notion }: Triplets): void {
  const smallest = notion.length % batchSize || Math.min(batchSize, notion.length);
  if (imageSize > onePixelSize || smallest > 1) return;
  throw new UsageError(
    `Cannot train on ${notion.length} triplets in batches of ${batchSize}: a batch would hold one alone, for which batch norm needs images larger than ${imageSize} pixels; choose another --batch-size or --image-size`,
  );
}

/** The pixels of a pack, mapped: uint8 [N, S, S, 3]. */
export function mapPack({ path, count, imageSize }: Pack): Tensor {
  return mapFile(path, [count, imageSize, imageSize, 3]);
}

/** Images that a pack could not decode. */
export function unusableImages(pack: Pack): Set<number> {
  return new Set(pack.unreadable.map(({ image }) => image));
}
