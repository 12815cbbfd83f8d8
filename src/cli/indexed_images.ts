import type { IndexedImages } from "../database/indexed_rows.ts";
import { isFile } from "../files/exists.ts";
import { folderEmbeddings } from "../model/folder_embeddings.ts";
import type { FolderOptions } from "../model/keep_embeddings.ts";
import type { Model } from "../model/model.ts";
import { readOwnEmbeddings } from "../model/own_embeddings.ts";
import { embedSetFolder } from "../model/searched_set.ts";
import { isSetFolder } from "../model/set_embeddings.ts";
import { openImageSet } from "../sets/image_set.ts";
import { readSetValues, valueColumns } from "../sets/set_values.ts";

/** The images of a folder, of a set with its values, or of a file of embeddings. */
export async function openIndexed(
  model: Model,
  path: string,
  options: FolderOptions,
): Promise<IndexedImages> {
  if (await isFile(path)) return { embeddings: await readOwnEmbeddings(model, path, options) };
  if (!await isSetFolder(path)) return { embeddings: await folderEmbeddings(model, path, options) };
  const set = await openImageSet(path);
  const values = await readSetValues(set);
  const embeddings = await embedSetFolder(model, set, options);
  return { embeddings, columns: values === null ? undefined : valueColumns(values) };
}
