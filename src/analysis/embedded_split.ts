import type { ImageSet, Split } from "../sets/image_set.ts";
import { type Pack, preparePack } from "../sets/pack/pack.ts";
import { readImageGroups } from "../sets/image_groups.ts";
import { readSetValues, type SetValues } from "../sets/set_values.ts";
import type { Triplets } from "../sets/triplets.ts";
import { Network } from "../network/network.ts";
import type { SeenImages } from "../model/seen_counts.ts";
import { embedImages } from "../model/evaluate.ts";
import { type ModelFile, networkShape, networkTensors } from "../model/model_file.ts";
import { modelOnSet } from "../model/model_on_set.ts";
import { openSetOf } from "../model/open_set_of.ts";
import { mapPack, unusableImages } from "../sets/pack/map_pack.ts";
import { warnOfDropped } from "../sets/warn_of_dropped.ts";
import { seenImages, type SeenWords, warnOfSeen } from "../model/seen_images.ts";
import { splitTriplets, type TestOptions } from "../model/evaluate_model.ts";

/** The images of one split of a set as a model sees them, and all that is known of them. */
export interface EmbeddedSplit {
  /** The set. */
  readonly set: ImageSet;
  /** Which part of it. */
  readonly split: Split;
  /** Side of the images in pixels. */
  readonly imageSize: number;
  /**
   * Indices of the split's usable images in the set, ascending: those that the set's attributes.csv
   * puts in the split, and those of its triplets.
   */
  readonly images: Uint32Array;
  /** Their embeddings [n, dimension] in C order, unmasked. */
  readonly vectors: Float32Array;
  /** Dimensions of an embedding. */
  readonly dimension: number;
  /** Names of the model's notions, without taught ones that the set has no lists of. */
  readonly notions: readonly string[];
  /** The effective mask of each notion, [dimension]. */
  readonly masks: readonly Float32Array[];
  /** The split's triplets of the model's notions. */
  readonly triplets: Triplets;
  /** [3 m]: row of `vectors` for each image of `triplets`. */
  readonly positions: Uint32Array;
  /** The group of each of the set's images; null where it was not split by groups. */
  readonly groups: Uint32Array | null;
  /** What the set knows of its images; null for a set without attributes.csv. */
  readonly values: SetValues | null;
  /**
   * The images that the model was trained on or chosen by; null when its file does not know them.
   */
  readonly seenImages: SeenImages | null;
  /** The pixels of the whole set in a file: uint8 [N, imageSize, imageSize, 3] from byte 0 on. */
  readonly packPath: string;
}

/** How a split is embedded. */
export interface EmbedSplitOptions extends TestOptions {
  /**
   * Embeddings [N, D] of all the set's images by this very model, unmasked, where they are known;
   * a row of NaN is not. Images that none is known of are embedded.
   */
  readonly known?: Float32Array;
  /** What follows when the model was trained on these images. @default {those of a test} */
  readonly seenWords?: SeenWords;
}

/**
 * Embeds every usable image of a split once, unmasked, and reads its triplets and values. libtorch
 * must be open. Throws a CsnError for a set that lacks a notion of the model's or cannot be read.
 */
export async function embedSplit(
  given: ModelFile,
  options: EmbedSplitOptions = {},
): Promise<EmbeddedSplit> {
  const split = options.split ?? "test";
  const set = await openSetOf(given, "analyse", options.data);
  const { file } = modelOnSet(given, set, options.listener);
  const { info } = file;
  const pack = await preparePack(set, info.imageSize, { ...options, fit: info.fit });
  const values = await readSetValues(set);
  const triplets = await splitTriplets(file, set, split, pack);
  warnOfDropped(triplets, split, options.listener);
  const images = usableImages(split, values, triplets, unusableImages(pack));
  const seen = await seenImages(file, pack, images, triplets, options);
  warnOfSeen(seen, split, options.listener, options.seenWords);
  const { vectors, masks } = await knownOrEmbedded(file, pack, images, options);
  return {
    set,
    split,
    imageSize: info.imageSize,
    images,
    vectors,
    dimension: info.dimension,
    notions: info.notions,
    masks,
    triplets,
    positions: positionsOf(triplets.images, images, set.imageFiles.length),
    groups: (await readImageGroups(set, options.listener))?.numbers ?? null,
    values,
    seenImages: seen,
    packPath: pack.path,
  };
}

/** As `embedPacked`, of what is not known. */
async function knownOrEmbedded(
  file: ModelFile,
  pack: Pack,
  images: Uint32Array,
  options: EmbedSplitOptions,
): Promise<{ vectors: Float32Array; masks: Float32Array[] }> {
  const { dimension } = file.info;
  const { known = new Float32Array(0) } = options;
  const unknown = images.filter((image) =>
    !(image * dimension < known.length) || Number.isNaN(known[image * dimension])
  );
  const { vectors: added, masks } = await embedPacked(file, pack, unknown, options);
  const vectors = new Float32Array(images.length * dimension);
  let next = 0;
  images.forEach((image, row) => {
    const isUnknown = unknown[next] === image;
    const [from, at] = isUnknown ? [added, next++] : [known, image];
    vectors.set(from.subarray(at * dimension, (at + 1) * dimension), row * dimension);
  });
  return { vectors, masks };
}

/**
 * Embeds images number `images` of a pack: [n, D], unmasked, with the effective mask of each
 * notion.
 */
export async function embedPacked(
  file: ModelFile,
  pack: Pack,
  images: Uint32Array,
  options: Pick<TestOptions, "placement" | "listener" | "signal">,
): Promise<{ vectors: Float32Array; masks: Float32Array[] }> {
  using pixels = mapPack(pack, options.placement?.device);
  using network = new Network(networkShape(file), networkTensors(file), options.placement);
  const masks = network.maskTable().map((mask) => Float32Array.from(mask));
  if (images.length === 0) return { vectors: new Float32Array(0), masks };
  using embeddings = await embedImages(network, pixels, images, file.info.normalisation, options);
  return { vectors: await embeddings.dataAsync() as Float32Array, masks };
}

/**
 * The usable images of a split, ascending: those that the set's values put there and those of its
 * triplets.
 */
export function usableImages(
  split: Split,
  values: SetValues | null,
  triplets: Triplets,
  unusable: ReadonlySet<number>,
): Uint32Array {
  const found = new Set(triplets.images);
  values?.splits.forEach((one, image) => {
    if (one === split && !unusable.has(image)) found.add(image);
  });
  return Uint32Array.from(found).sort();
}

function positionsOf(wanted: Uint32Array, images: Uint32Array, count: number): Uint32Array {
  const positionOf = new Uint32Array(count);
  images.forEach((image, position) => positionOf[image] = position);
  return wanted.map((image) => positionOf[image]);
}
