import { CsnError } from "../base/errors.ts";
import type { IndexedImages } from "../database/indexed_rows.ts";
import { isFile } from "../files/exists.ts";
import { readEmbeddings } from "../model/embedding_file.ts";
import { folderEmbeddings } from "../model/folder_embeddings.ts";
import type { FolderOptions } from "../model/keep_embeddings.ts";
import type { Model } from "../model/model.ts";
import { embedSetFolder } from "../model/searched_set.ts";
import { isSetFolder } from "../model/set_embeddings.ts";
import { learnsMasks } from "../network/variant.ts";
import { openImageSet } from "../sets/image_set.ts";
import { readSetValues, valueColumns } from "../sets/set_values.ts";
import { shownPath } from "./paths.ts";

/** The images of a folder, of a set with its values, or of a file of embeddings. */
export async function openIndexed(
  model: Model,
  path: string,
  options: FolderOptions,
): Promise<IndexedImages> {
  if (await isFile(path)) return { embeddings: await fileEmbeddings(model, path, options) };
  if (!await isSetFolder(path)) return { embeddings: await folderEmbeddings(model, path, options) };
  const set = await openImageSet(path);
  const values = await readSetValues(set);
  const embeddings = await embedSetFolder(model, set, options);
  return { embeddings, columns: values === null ? undefined : valueColumns(values) };
}

/** Embeddings of a file, which must be this model's as far as the file can say. */
async function fileEmbeddings(model: Model, path: string, { listener }: FolderOptions) {
  const { embeddings, masks } = await readEmbeddings(path);
  const wrong = (what: string) =>
    new CsnError(
      `Cannot index ${shownPath(path)} with the model ${
        shownPath(model.path)
      }: ${what}; pass the model that made it, or embed the images anew`,
    );
  if (embeddings.dimension !== model.info.dimension) {
    throw wrong(
      `it has embeddings of ${embeddings.dimension} dimensions, the model makes ${model.info.dimension}`,
    );
  }
  for (const [notion, mask] of masks.size === 0 ? [] : model.masks) {
    const other = masks.get(notion);
    if (other?.every((value, d) => value === mask[d])) continue;
    throw wrong(`its masks are another model's, that of "${notion}" at least`);
  }
  // Learned masks are one model's alone.
  if (masks.size === 0 || !learnsMasks(model.info.variant)) {
    listener?.warning?.(
      `${shownPath(path)} does not say which model made it: it is taken for one of ${
        shownPath(model.path)
      }`,
    );
  }
  return embeddings;
}
