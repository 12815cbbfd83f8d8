import { someOf } from "../files/exists.ts";
import { relative } from "../files/paths.ts";
import type { ImageSet } from "../sets/image_set.ts";
import { imagePath, surveyImages } from "../sets/pack/survey_images.ts";
import { EmbeddingSet } from "./embedding_set.ts";
import { folderEmbeddings, type FolderOptions } from "./folder_embeddings.ts";
import type { Model } from "./model.ts";

/**
 * Embeddings of a set's images to search among: row i is image number i, named by its path. They
 * are those of the set's image folder, which are kept and used again (see `embedFolder`). Rows of
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
  const found = await folderEmbeddings(model, set.imageFolder, options);
  const rows = new Map(found.names.map((name, row) => [name, row]));
  const survey = surveyImages(set);
  const { dimension } = found;
  const vectors = new Float32Array(set.imageFiles.length * dimension).fill(NaN);
  const lacking: string[] = [];
  set.imageFiles.forEach((file, image) => {
    const row = rows.get(relative(set.imageFolder, imagePath(set, survey, image)));
    if (row === undefined) lacking.push(file);
    else vectors.set(found.at(row), image * dimension);
  });
  if (lacking.length > 0) {
    options.listener?.warning?.(
      `${lacking.length} of the ${set.imageFiles.length} images of the set ${set.folder} are missing or unreadable (${
        someOf(lacking)
      }): they are not searched`,
    );
  }
  return new EmbeddingSet({ names: set.imageFiles, vectors, dimension });
}
