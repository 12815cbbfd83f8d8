import { CsnError } from "../base/errors.ts";
import { isFile } from "../files/exists.ts";
import { readEmbeddings } from "../model/embedding_file.ts";
import type { EmbeddingSet } from "../model/embedding_set.ts";
import { folderEmbeddings, type FolderOptions } from "../model/folder_embeddings.ts";
import type { Model } from "../model/model.ts";
import { embedSetFolder } from "../model/searched_set.ts";
import { isSetFolder } from "../model/set_embeddings.ts";
import type { ValueColumns } from "../search/where.ts";
import { openImageSet } from "../sets/image_set.ts";
import { readSetValues, valueColumns } from "../sets/set_values.ts";

/** The images that a service searches. */
export interface Gallery {
  /** Their embeddings, by name. */
  readonly embeddings: EmbeddingSet;
  /** What is known of each image, for conditions; null where nothing is. */
  readonly columns: ValueColumns | null;
}

/**
 * What `path` names: a folder of images or an image set, whose embeddings are kept and used again
 * (see `embedFolder`), or a file that `writeEmbeddings` wrote. Throws a CsnError for embeddings that
 * are not the model's; a warning says so of a file that has no masks, because nothing then says
 * which model it is of.
 */
export async function openGallery(
  model: Model,
  path: string,
  options: FolderOptions = {},
): Promise<Gallery> {
  if (await isFile(path)) return { embeddings: await ofFile(model, path, options), columns: null };
  if (!await isSetFolder(path)) {
    return { embeddings: await folderEmbeddings(model, path, options), columns: null };
  }
  const set = await openImageSet(path);
  const values = await readSetValues(set);
  const columns = values === null ? null : valueColumns(values);
  return { embeddings: await embedSetFolder(model, set, options), columns };
}

async function ofFile(
  model: Model,
  path: string,
  { listener }: FolderOptions,
): Promise<EmbeddingSet> {
  const { embeddings, masks } = await readEmbeddings(path);
  const wrong = (found: string) =>
    new CsnError(
      `Cannot search among the embeddings in ${path} by the model ${model.path}: ${found}; embed the images with this model`,
    );
  const { dimension } = model.info;
  if (embeddings.dimension !== dimension) {
    throw wrong(`they have ${embeddings.dimension} dimensions, the model has ${dimension}`);
  }
  if (masks.size === 0) {
    listener?.warning?.(
      `${path} has no masks, so nothing says which model made these embeddings; distances mean something only if it was ${model.path}`,
    );
  } else if (!model.notions.every((notion) => isSame(masks.get(notion), model.mask(notion)))) {
    throw wrong("they are another model's, whose masks differ");
  }
  return embeddings;
}

function isSame(found: Float32Array | undefined, own: Float32Array): boolean {
  return found !== undefined && own.every((value, d) => found[d] === value);
}
