import { mapPack, unusableImages } from "../sets/pack/map_pack.ts";
import { warnOfDropped } from "../sets/warn_of_dropped.ts";
import { type ExcludedTriplets, readExcluded } from "../sets/excluded_triplets.ts";
import { type ImageSet, openImageSet } from "../sets/image_set.ts";
import { withOneSet } from "../sets/one_set.ts";
import type { Fit } from "../images/fit.ts";
import { type Pack, type PackOptions, preparePack } from "../sets/pack/pack.ts";
import type { Attribute } from "../sets/attribute.ts";
import { readSetValues, type SetValues } from "../sets/set_values.ts";
import { loadTriplets, type Triplets } from "../sets/triplets.ts";
import { createHash } from "node:crypto";
import { CsnError, UsageError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import type { Place } from "../distributed/place.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { TrainConfig } from "../model/config.ts";
import { warnOfContradictions } from "./warn_of_contradictions.ts";
import { type RememberedImages, rememberImages } from "../model/learned_images.ts";

/** What dense batches are formed from. */
export interface TrainingValues {
  /** The training images that can be used. */
  readonly images: Uint32Array;
  /** Of each notion, over all images. */
  readonly attributes: readonly Attribute[];
}

/** An image set ready to train on. */
export interface PreparedTraining extends AsyncDisposable {
  readonly set: ImageSet;
  /** All images, uint8 [N, S, S, 3], mapped from the pack. */
  readonly pack: Tensor;
  readonly train: Triplets;
  readonly validation: Triplets;
  /** For the sampler "dense-values"; null for others. */
  readonly values: TrainingValues | null;
  /** SHA-256 over the bytes of all images' files; null where the pack does not know. */
  readonly bytes: string | null;
  /**
   * The images that are trained on and validated with, by content; null for a process that writes
   * no model.
   */
  readonly remembered: RememberedImages | null;
  /** SHA-256 of the triplets: a run goes on only with those it began with. */
  readonly digest: string;
}

/** How data are made ready. */
export interface PrepareOptions extends Pick<PackOptions, "listener" | "signal" | "packDir"> {
  /** Which of the processes that train together this is. @default {one alone} */
  readonly place?: Pick<Place, "rank" | "world">;
}

/**
 * Opens the set, builds its pack when needed, and reads the training and validation lists. From then
 * on nothing of the set is read: it may be replaced while the network learns.
 */
export async function prepareTraining(
  config: TrainConfig,
  options: PrepareOptions,
): Promise<PreparedTraining> {
  return await withOneSet(
    config.data,
    () => readTraining(config, options),
    (prepared) => prepared[Symbol.asyncDispose](),
  );
}

async function readTraining(
  config: TrainConfig,
  { place = alone, ...options }: PrepareOptions,
): Promise<PreparedTraining> {
  const set = await openImageSet(config.data);
  const packed = await preparePack(set, config.imageSize, {
    ...options,
    allowMissing: config.allowMissing,
  });
  const common = { notions: config.notions, seed: config.seed, unusable: unusableImages(packed) };
  const excluded = config.exclude && await readExcluded(config.exclude, set);
  const total = config.trainTriplets;
  const train = await loadTriplets(set, "train", { ...common, total, excluded });
  checkBatches(config, train, place.world);
  warnOfIdle(config, train, { world: place.world, listener: options.listener });
  const validation = await loadTriplets(set, "val", common);
  warnOfDropped(train, "train", options.listener);
  if (excluded !== undefined) sayExcluded(train, excluded, options.listener);
  warnOfDropped(validation, "val", options.listener);
  const known = await knownValues(set, config, options.listener);
  if (known !== null) warnOfContradictions(known, train, set.folder, options.listener);
  const values = config.sampler === "dense-values"
    ? trainingValues(known, set, config, packed)
    : null;
  const pack = mapPack(packed, config.device);
  const digest = digestOf(train, validation);
  // Minutes of training pass before this is needed; hashing 50,000 images of 112 pixels takes
  // seconds.
  const remembered = place.rank > 0
    ? null
    : rememberImages(packed, values?.images ?? train.images, validation.images);
  return {
    ...{ set, pack, train, validation, values, remembered, digest, bytes: packed.bytes },
    [Symbol.asyncDispose]: async () => {
      await remembered?.[Symbol.asyncDispose]();
      pack.dispose();
    },
  };
}

/** How many triplets a list of checked ones leaves out. */
function sayExcluded(
  { perNotion }: Triplets,
  { file, keys }: ExcludedTriplets,
  listener: Listener | undefined,
): void {
  const some = perNotion.filter(({ excluded }) => excluded > 0);
  const each = some.map(({ name, excluded, listed }) => `${excluded} of ${listed} of ${name}`);
  listener?.notice?.(
    `training triplets that ${file} calls wrong are left out: ${
      each.join(", ")
    } (it names ${keys.size}); validation and test lists stay as they are`,
  );
}

/** What the set says of its images. Faults in it matter only where batches are formed by values. */
async function knownValues(
  set: ImageSet,
  { sampler }: TrainConfig,
  listener: Listener | undefined,
): Promise<SetValues | null> {
  try {
    return await readSetValues(set);
  } catch (error) {
    if (sampler === "dense-values" || !(error instanceof CsnError)) throw error;
    listener?.warning?.(`the lists are not compared with the set's values: ${error.message}`);
    return null;
  }
}

/** The images that dense batches are made of, and what the notions say of all images. */
function trainingValues(
  values: SetValues | null,
  set: ImageSet,
  { notions }: TrainConfig,
  pack: Pack,
): TrainingValues {
  if (values === null) {
    throw new CsnError(
      `Cannot form triplets in batches: the image set ${set.folder} has no values of its images (attributes.csv); pass \`sampler: "dense-lists"\``,
    );
  }
  const unusable = unusableImages(pack);
  const images = values.splits.flatMap((split, image) =>
    split === "train" && !unusable.has(image) ? [image] : []
  );
  return {
    images: Uint32Array.from(images),
    attributes: notions.map((notion) => values.attributes.get(notion)!),
  };
}

function digestOf(...parts: readonly Triplets[]): string {
  const hash = createHash("sha256");
  for (const { images, notion } of parts) hash.update(images).update(notion);
  return hash.digest("hex");
}

/** Throws a CsnError when a run would go on with other triplets than those it began with. */
export function checkSameTriplets(began: string, found: string, folder: string): void {
  if (began === found) return;
  throw new CsnError(
    `Cannot go on: the triplets of ${folder} are not those that the run began with (its lists or its usable images changed); bring them back, or begin a new run without \`resume\``,
  );
}

/** Throws a CsnError when a run would go on with images that become squares in another way. */
export function checkSameFit(began: Fit, found: Fit, folder: string): void {
  if (began === found) return;
  throw new CsnError(
    `Cannot go on: the run began with images of the fit "${began}", ${folder} now says "${found}"; correct "fit" in its set.json, or begin a new run without \`resume\``,
  );
}

/** Warns of processes that have no triplet of any batch. */
function warnOfIdle(
  { batchSize, sampler }: TrainConfig,
  { notion }: Triplets,
  { world, listener }: { readonly world: number; readonly listener?: Listener },
): void {
  const most = Math.min(batchSize, notion.length);
  if (sampler !== "triplets" || most >= world) return;
  listener?.warning?.(
    `${
      world - most
    } of the ${world} processes have nothing to do: a batch has ${most} triplets at most; start fewer, or raise \`batchSize\``,
  );
}

/** Images of this side leave the last stage as a single pixel; larger ones as four or more. */
const onePixelSize = 16;

/** One process alone. */
const alone = { rank: 0, world: 1 };

/**
 * Batch norm needs two values of a channel: one small image alone in a batch, or in a process's part
 * of one, gives it one.
 */
function checkBatches(
  { imageSize, batchSize, variant, sampler }: TrainConfig,
  { notion, perNotion }: Triplets,
  world: number,
): void {
  if (sampler === "dense-lists" && batchSize < world) {
    throw new UsageError(
      `Cannot train with ${world} processes in batches of ${batchSize} triplets: with \`sampler: "dense-lists"\` each process packs batches of its own, of three images or more; choose a \`batchSize\` of ${world} or more`,
    );
  }
  // A dense batch embeds all images of its triplets at once, so never one alone.
  if (imageSize > onePixelSize || sampler !== "triplets") return;
  const counts = variant === "specialists"
    ? perNotion.map(({ triplets }) => triplets)
    : [notion.length];
  // Some part has a single one where a batch has less than two for each process.
  const isSmall = (size: number) => size < 2 * world;
  const wrong = counts.find((count) =>
    count > 0 && isSmall(count % batchSize || Math.min(batchSize, count))
  );
  if (wrong === undefined) return;
  const what = world === 1
    ? "a batch would hold a single one"
    : `one of ${world} processes would have a single one of a batch`;
  throw new UsageError(
    `Cannot train on ${wrong} triplets in batches of ${batchSize}: ${what}, and then batch norm needs images larger than ${imageSize} pixels; choose another \`batchSize\` or \`imageSize\``,
  );
}
