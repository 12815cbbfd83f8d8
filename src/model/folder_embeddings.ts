import { someOf } from "../files/exists.ts";
import { join } from "../files/paths.ts";
import { lostLinksText } from "../images/folder_links.ts";
import { findImageFiles, passedOverText } from "../images/list_images.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import { type FolderOptions, keepEmbeddings, keptPlaces } from "./keep_embeddings.ts";
import { MappedEmbeddings } from "./mapped_embeddings.ts";
import type { Model } from "./model.ts";
import { otherOrderText, setOfImages } from "./set_embeddings.ts";

/**
 * Embeddings of all images below `folder`, named by their paths relative to it and sorted by them.
 * (A set has its images in another order, which triplets count by: see `embedSet`. A warning says
 * so of the folder of a set's images.) They are kept in
 * the folder, in a hidden file of the model's, or in the cache where the folder cannot be written,
 * and used again while the model and its precision are the same: only images that are new or changed
 * are embedded, and those that are gone are dropped. Images that cannot be
 * decoded are left out with a warning; files that are no images are counted in a notice. When the
 * model's file was replaced after the model was loaded, all is embedded and nothing is kept. Throws
 * a CsnError when there is no image.
 *
 * @example Embed a folder; the second time nothing is computed
 * ```ts
 * import { embedFolder, Model, start } from "@csn/csn";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const images = await embedFolder(model, "photos");
 * console.log(images.names.length, images.dimension);
 * ```
 */
export async function embedFolder(
  model: Model,
  folder: string,
  options: FolderOptions = {},
): Promise<EmbeddingSet> {
  const embeddings = await folderEmbeddings(model, folder, options);
  const otherOrder = await otherOrderText(folder, embeddings.names);
  if (otherOrder !== null) options.listener?.warning?.(otherOrder);
  return embeddings;
}

/** As `embedFolder`, for those who ask for images by name alone. */
export async function folderEmbeddings(
  model: Model,
  folder: string,
  options: FolderOptions = {},
): Promise<EmbeddingSet> {
  return inMemory(await openFolder(model, folder, options));
}

/** As `folderEmbeddings`, mapped from the file that keeps them where nothing is new. */
export async function openFolder(
  model: Model,
  folder: string,
  options: FolderOptions = {},
): Promise<MappedEmbeddings | EmbeddingSet> {
  const found = await findImageFiles(folder);
  const passedOver = passedOverText(folder, found.passedOver);
  if (passedOver !== null) options.listener?.notice?.(passedOver);
  const lost = lostLinksText(folder, found.links);
  if (lost !== null) options.listener?.warning?.(lost);
  const kept = await keepEmbeddings(model, {
    names: found.images,
    files: found.images.map((file) => join(folder, file)),
    areNumbered: false,
    places: keptPlaces(model, folder, "folder"),
    others: async () => {
      const set = await setOfImages(folder);
      return set === null ? [] : keptPlaces(model, set.folder, "set");
    },
  }, options);
  // Those that were made now were warned of one by one.
  if (kept instanceof MappedEmbeddings) warnOfUnreadable(folder, found.images, kept, options);
  return kept;
}

/** Embeddings in memory, of which those that are mapped are read and freed. */
export function inMemory(embeddings: MappedEmbeddings | EmbeddingSet): EmbeddingSet {
  if (embeddings instanceof EmbeddingSet) return embeddings;
  using mapped = embeddings;
  return mapped.read();
}

/** Kept embeddings lack the images that could not be decoded, of which nothing changed since. */
function warnOfUnreadable(
  folder: string,
  images: readonly string[],
  kept: MappedEmbeddings,
  { listener }: FolderOptions,
): void {
  if (kept.count === images.length) return;
  const known = new Set(Array.from({ length: kept.count }, (_, row) => kept.nameOf(row)));
  const lacking = images.filter((name) => !known.has(name));
  listener?.warning?.(
    `${lacking.length} of the ${images.length} images in ${folder} could not be decoded (${
      someOf(lacking)
    }): they are left out`,
  );
}
