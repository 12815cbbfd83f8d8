import { someOf } from "../files/exists.ts";
import { rowsOf } from "../search/embedding_rows.ts";
import type { ImageSet } from "../sets/image_set.ts";
import { imagePath, surveyImages } from "../sets/pack/survey_images.ts";
import type { EmbeddingSet } from "./embedding_set.ts";
import { inMemory } from "./folder_embeddings.ts";
import { type FolderOptions, keepEmbeddings, keptPlaces } from "./keep_embeddings.ts";
import type { MappedEmbeddings } from "./mapped_embeddings.ts";
import type { Model } from "./model.ts";

/**
 * Embeddings of a set's images to search among: row i is image number i, named by its path. They
 * are kept in the set's folder, or in the cache, and used again (see `embedFolder`). Only the set's
 * images are embedded, and none of those whose embeddings are kept in its image folder. Rows of
 * images that are missing or cannot be decoded hold NaN, so that they are never found; a warning
 * counts them.
 *
 * @example Search among a set's images that are red
 * ```ts
 * import { embedSetFolder, Model, parseCondition, start, whereOf } from "@csn/csn";
 * import { openImageSet, readSetValues, valueColumns } from "@csn/csn/sets";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const set = await openImageSet("data/mine");
 * const images = await embedSetFolder(model, set);
 * const values = await readSetValues(set);
 * const where = whereOf([parseCondition("colour=red")], valueColumns(values!));
 * console.log(model.nearest(images.at(0), images, { mix: { shape: 1, colour: 1 }, where }));
 * ```
 */
export async function embedSetFolder(
  model: Model,
  set: ImageSet,
  options: FolderOptions = {},
): Promise<EmbeddingSet> {
  return inMemory(await openSearchedSet(model, set, options));
}

/** As `embedSetFolder`, mapped from the file that keeps them where nothing is new. */
export async function openSearchedSet(
  model: Model,
  set: ImageSet,
  options: FolderOptions = {},
): Promise<MappedEmbeddings | EmbeddingSet> {
  const infos: (Deno.FileInfo | null)[] = [];
  const survey = surveyImages(set, (info) => infos.push(info));
  const kept = await keepEmbeddings(model, {
    names: set.imageFiles,
    files: set.imageFiles.map((_, image) => imagePath(set, survey, image)),
    infos: survey.contents === null ? undefined : infos,
    areNumbered: true,
    places: keptPlaces(model, set.folder, "set"),
    others: () => Promise.resolve(keptPlaces(model, set.imageFolder, "folder")),
  }, options);
  const known = rowsOf(kept).known();
  const lacking = known === null ? [] : set.imageFiles.filter((_, image) => known[image] === 0);
  if (lacking.length > 0) {
    options.listener?.warning?.(
      `${lacking.length} of the ${set.imageFiles.length} images of the set ${set.folder} are missing or unreadable (${
        someOf(lacking)
      }): they are not searched`,
    );
  }
  return kept;
}
