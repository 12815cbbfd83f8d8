import { UsageError } from "../base/errors.ts";
import { join } from "../files/paths.ts";
import type { EmbeddingSet } from "../model/embedding_set.ts";
import { folderEmbeddings, type FolderOptions } from "../model/folder_embeddings.ts";
import type { Model } from "../model/model.ts";
import { embedSetFolder } from "../model/searched_set.ts";
import { isSetFolder } from "../model/set_embeddings.ts";
import { type Condition, type ValueColumns, whereOf } from "../search/where.ts";
import { openImageSet } from "../sets/image_set.ts";
import { imagePath, surveyImages } from "../sets/pack/survey_images.ts";
import { readSetValues, valueColumns } from "../sets/set_values.ts";
import { shownPath } from "./paths.ts";

/** What `--among` and `--where` mean. */
export interface SearchedImages {
  readonly embeddings: EmbeddingSet;
  /** Which of them are searched; all where it is left out. */
  readonly where?: (index: number) => boolean;
  /** Where the image of an entry lies. */
  readonly fileOf: (index: number) => string;
}

/**
 * The images of a folder or a set that meet conditions. Throws a UsageError for conditions on
 * images of which nothing is known.
 */
export async function openSearched(
  model: Model,
  path: string,
  conditions: readonly Condition[],
  options: FolderOptions,
): Promise<SearchedImages> {
  const unknown = (what: string) =>
    new UsageError(
      `Cannot search among ${
        shownPath(path)
      } with --where: ${what}, so nothing is known of its images; leave --where out, or pass with --among a set that was made from a table`,
    );
  if (!await isSetFolder(path)) {
    if (conditions.length > 0) throw unknown("it is no image set");
    const embeddings = await folderEmbeddings(model, path, options);
    return { embeddings, fileOf: (index) => join(path, embeddings.names[index]) };
  }
  const set = await openImageSet(path);
  let columns: ValueColumns | undefined;
  if (conditions.length > 0) {
    const values = await readSetValues(set);
    if (values === null) throw unknown("the set has no attributes.csv");
    columns = valueColumns(values);
  }
  // What cannot be asked is refused before the images are embedded.
  const where = columns === undefined ? undefined : whereOf(conditions, columns);
  const embeddings = await embedSetFolder(model, set, options);
  const survey = surveyImages(set);
  return { embeddings, where, fileOf: (image) => imagePath(set, survey, image) };
}
