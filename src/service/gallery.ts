import { UsageError } from "../base/errors.ts";
import { isFile } from "../files/exists.ts";
import type { EmbeddingSet } from "../model/embedding_set.ts";
import { folderEmbeddings } from "../model/folder_embeddings.ts";
import type { FolderOptions } from "../model/keep_embeddings.ts";
import type { Model } from "../model/model.ts";
import { readOwnEmbeddings } from "../model/own_embeddings.ts";
import { embedSetFolder } from "../model/searched_set.ts";
import { isSetFolder } from "../model/set_embeddings.ts";
import type { Criterion } from "../search/mixture.ts";
import type { Query, SearchOptions, SearchResult } from "../search/search.ts";
import { searchAsync } from "../search/search_async.ts";
import { type Condition, type ValueColumns, whereOf } from "../search/where.ts";
import { openImageSet } from "../sets/image_set.ts";
import { readSetValues, valueColumns } from "../sets/set_values.ts";

/** How a gallery is searched. */
export type GallerySearch =
  & Omit<SearchOptions, "where" | "scales">
  & Criterion
  & {
    /** What the images must meet. */
    readonly where: readonly Condition[];
  };

/** The images that a service searches: in memory, or in a database. */
export interface Gallery {
  /** How many there are. */
  count(): Promise<number>;
  /** What is known of the images, for conditions; null where nothing is. */
  columnNames(): Promise<readonly string[] | null>;
  /** The embedding [D] of the image called `name`; null where there is none that is known. */
  embedding(name: string): Promise<Float32Array | null>;
  /** Throws a UsageError for conditions that say nothing of these images, if that is known at once. */
  examine(where: readonly Condition[]): void;
  /** What `Model.search` finds among them. No message names a path, an address or a user. */
  search(query: Query, options: GallerySearch): Promise<SearchResult>;
}

/** Images whose embeddings are in memory. */
export class EmbeddedGallery implements Gallery {
  /** Their embeddings, by name. */
  readonly embeddings: EmbeddingSet;
  /** What is known of each image, for conditions; null where nothing is. */
  readonly columns: ValueColumns | null;
  readonly #model: Model;
  readonly #rows: ReadonlyMap<string, number>;

  /** Images that `model` embedded. */
  constructor(
    model: Model,
    { embeddings, columns = null }: {
      readonly embeddings: EmbeddingSet;
      readonly columns?: ValueColumns | null;
    },
  ) {
    this.#model = model;
    this.embeddings = embeddings;
    this.columns = columns;
    // Of images by one name the first is meant.
    this.#rows = new Map(
      embeddings.names.map((name, row): [string, number] => [name, row]).reverse(),
    );
  }

  /** How many there are. */
  count(): Promise<number> {
    return Promise.resolve(this.embeddings.names.length);
  }

  /** See `Gallery`. */
  columnNames(): Promise<readonly string[] | null> {
    return Promise.resolve(this.columns === null ? null : [...this.columns.keys()]);
  }

  /** See `Gallery`. */
  embedding(name: string): Promise<Float32Array | null> {
    const row = this.#rows.get(name);
    const found = row === undefined ? null : this.embeddings.at(row);
    return Promise.resolve(found?.every(Number.isFinite) ? found : null);
  }

  /** See `Gallery`. */
  examine(where: readonly Condition[]): void {
    this.#test(where);
  }

  /** See `Gallery`. */
  async search(query: Query, { where, ...options }: GallerySearch): Promise<SearchResult> {
    const { masks, info: { calibration } } = this.#model;
    const owner = { masks, owner: "the model", calibration };
    return await searchAsync(query, this.embeddings, {
      ...options,
      ...owner,
      where: this.#test(where),
    });
  }

  /** Which images meet conditions; undefined where there are none. */
  #test(where: readonly Condition[]): ((index: number) => boolean) | undefined {
    if (where.length === 0) return undefined;
    if (this.columns !== null) return whereOf(where, this.columns);
    throw new UsageError(
      "Cannot search with `where`: nothing is known of the images that are searched; leave it out",
    );
  }
}

/**
 * What `path` names: a folder of images or an image set, whose embeddings are kept and used again
 * (see `embedFolder`), or a file that `writeEmbeddings` wrote. Throws a CsnError for embeddings that
 * are not the model's; a warning says so of a file that does not tell which model made it.
 */
export async function openGallery(
  model: Model,
  path: string,
  options: FolderOptions = {},
): Promise<EmbeddedGallery> {
  if (await isFile(path)) {
    return new EmbeddedGallery(model, {
      embeddings: await readOwnEmbeddings(model, path, options),
    });
  }
  if (!await isSetFolder(path)) {
    return new EmbeddedGallery(model, { embeddings: await folderEmbeddings(model, path, options) });
  }
  const set = await openImageSet(path);
  const values = await readSetValues(set);
  const columns = values === null ? null : valueColumns(values);
  const embeddings = await embedSetFolder(model, set, options);
  return new EmbeddedGallery(model, { embeddings, columns });
}
