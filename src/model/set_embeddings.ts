import { withOneSet } from "../sets/one_set.ts";
import { isWithin } from "../files/exists.ts";
import { dirname, join, resolve } from "../files/paths.ts";
import { isFile, isFolder } from "../files/exists.ts";
import { type ImageSet, openImageSet } from "../sets/image_set.ts";
import { imagePath, surveyImages } from "../sets/pack/survey_images.ts";
import type { EmbeddingSet } from "./embedding_set.ts";
import type { Model } from "./model.ts";
import { embedNumbered, type NumberedOptions } from "./numbered_embeddings.ts";

/**
 * Embeddings of all images of a set in the order of its filenames.json: row i is the image that
 * triplets call i, named by its path there. Throws a CsnError for images that are missing or cannot
 * be decoded, unless `allowMissing`.
 *
 * @example The embeddings of a triplet's images
 * ```ts
 * import { embedSet, Model, start } from "@csn/csn";
 * import { openImageSet, readTripletList, tripletListPath } from "@csn/csn/sets";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const set = await openImageSet("data/mine");
 * const images = await embedSet(model, set);
 * const path = tripletListPath(set.folder, { notion: "colour", split: "test" });
 * const [anchor, far, near] = await readTripletList(path, set.imageFiles.length);
 * const distance = (image: number) =>
 *   model.distance(images.at(anchor), images.at(image), { notion: "colour" });
 * console.log(distance(far), distance(near));
 * ```
 */
export async function embedSet(
  model: Model,
  set: ImageSet,
  options: NumberedOptions = {},
): Promise<EmbeddingSet> {
  const survey = surveyImages(set);
  const files = set.imageFiles.map((_, image) => imagePath(set, survey, image));
  const of = `the image set ${set.folder}`;
  const images = { of, names: set.imageFiles, files };
  return await withOneSet(set.folder, () => embedNumbered(model, images, options));
}

/** Whether a folder is an image set: its list of images lies in it, and what else makes a set. */
export async function isSetFolder(folder: string): Promise<boolean> {
  return await isFile(join(folder, "filenames.json")) &&
    (await isFile(join(folder, "set.json")) || await isFolder(join(folder, "tripletlists")));
}

/**
 * What is to be known of a folder that holds the images of a set, when `images`, paths below it,
 * come in another order than the set has them; null where nothing is.
 */
export async function otherOrderText(
  folder: string,
  images: readonly string[],
): Promise<string | null> {
  const set = await setAbove(folder);
  if (set === null || !await isWithin(set.imageFolder, folder)) return null;
  const listed = set.imageFiles.map((file) => join(set.imageFolder, file));
  const found = images.map((file) => resolve(folder, file));
  const rows = Math.max(listed.length, found.length);
  let others = 0;
  for (let row = 0; row < rows; row++) if (listed[row] !== found[row]) others++;
  if (others === 0) return null;
  return `${folder} holds the images of the set ${set.folder}. They are embedded sorted by path: ${others} of ${rows} rows are not the image that triplets call by that number; to keep the order of filenames.json, embed the set`;
}

/** The set whose images a folder holds; null where it is none's. */
export async function setOfImages(folder: string): Promise<ImageSet | null> {
  const set = await setAbove(folder);
  return set !== null && resolve(folder) === set.imageFolder ? set : null;
}

/** The image set that a folder is or lies in; null where there is none that can be opened. */
async function setAbove(folder: string): Promise<ImageSet | null> {
  let at = resolve(folder);
  while (!await isSetFolder(at)) {
    if (at === dirname(at)) return null;
    at = dirname(at);
  }
  return await openImageSet(at).catch(() => null);
}
