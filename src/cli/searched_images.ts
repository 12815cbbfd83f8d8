import { UsageError } from "../base/errors.ts";
import { join } from "../files/paths.ts";
import type { EmbeddingSet } from "../model/embedding_set.ts";
import { openFolder } from "../model/folder_embeddings.ts";
import type { FolderOptions } from "../model/keep_embeddings.ts";
import { MappedEmbeddings } from "../model/mapped_embeddings.ts";
import type { Model } from "../model/model.ts";
import { openOwnEmbeddings } from "../model/own_embeddings.ts";
import { openSearchedSet } from "../model/searched_set.ts";
import { isSetFolder } from "../model/set_embeddings.ts";
import { rowsOf } from "../search/embedding_rows.ts";
import { type Condition, type ValueColumns, whereOf } from "../search/where.ts";
import { openImageSet } from "../sets/image_set.ts";
import { imagePath, surveyImages } from "../sets/pack/survey_images.ts";
import { readSetValues, valueColumns } from "../sets/set_values.ts";
import type { Criterion } from "../search/mixture.ts";
import type { Query, SearchOptions, SearchResult } from "../search/search.ts";
import { isDatabaseUrl, parseDatabaseUrl } from "../database/database_url.ts";
import { checkTable } from "../database/identifier.ts";
import { SearchedTable, type TablePlace } from "../database/searched_table.ts";
import { isFile, seenAt } from "../files/exists.ts";
import { dataPath, shownPath, userPath } from "./paths.ts";

/** How images are searched that are known already. */
type Ask = Omit<SearchOptions, "where"> & Criterion;

/** What is searched: `--among` or `--from`, with `--where`. */
export interface SearchedImages extends AsyncDisposable {
  /** What is nearest of those that meet the conditions. */
  readonly search: (query: Query, ask: Ask) => Promise<SearchResult>;
  /** Where the image of an entry lies; a database does not know. */
  readonly fileOf?: (index: number) => string;
}

/** A folder, or the name of a set in data/ where no such folder is here. */
export function amongPath(given: string): string {
  const set = dataPath(given);
  return seenAt(set)?.isDirectory ? set : userPath(given);
}

/** Throws a UsageError, which does not quote it, for the address of a database given to --among. */
export function checkAmong(among: string, instead: string): void {
  if (!isDatabaseUrl(among)) return;
  throw new UsageError(
    `Cannot take the address of a database with --among (it is not shown here, because it may hold a password): --among takes a folder, an image set, or a file that embed wrote; ${instead}`,
  );
}

/** Throws a UsageError where no images are named to search, or in two ways. */
export function checkPlace(
  { among, from, table }: {
    readonly among?: string;
    readonly from?: readonly string[];
    readonly table?: string;
  },
): void {
  if ((among === undefined) === (from === undefined)) {
    throw new UsageError(
      among === undefined
        ? "Cannot search: no images are named; name a folder or set with --among, or a database with --from and --table"
        : "Cannot search: images are named in two ways; use --among, or --from with --table",
    );
  }
  if (among !== undefined) checkAmong(among, "name a database with --from and --table");
  if ((table === undefined) !== (from === undefined)) {
    throw new UsageError(
      from === undefined
        ? "Cannot search: --table goes with --from; leave it out, or name the database with --from"
        : "Cannot search a database: no table is named; name it with --table",
    );
  }
  if (from === undefined) return;
  checkTable(table!);
  from.forEach(parseDatabaseUrl);
}

/** The images of a database's table that meet conditions. */
export async function openSearchedTable(
  model: Model,
  options: TablePlace,
  where: readonly Condition[],
): Promise<SearchedImages> {
  const table = await SearchedTable.open(model, options);
  return {
    search: (query, ask) => table.search(query, { ...ask, where }),
    [Symbol.asyncDispose]: () => table[Symbol.asyncDispose](),
  };
}

/** Images whose embeddings are here. */
function embedded(
  model: Model,
  { embeddings, where, fileOf }: {
    readonly embeddings: MappedEmbeddings | EmbeddingSet;
    readonly where?: (index: number) => boolean;
    readonly fileOf?: (index: number) => string;
  },
): SearchedImages {
  return {
    search: (query, ask) => model.searchAsync(query, embeddings, { ...ask, where }),
    fileOf,
    [Symbol.asyncDispose]: () => {
      if (embeddings instanceof MappedEmbeddings) embeddings[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/**
 * The images of a folder, a set or a file of embeddings that meet conditions. Throws a UsageError for conditions on
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
    if (await isFile(path)) {
      return embedded(model, { embeddings: await openOwnEmbeddings(model, path, options) });
    }
    const embeddings = await openFolder(model, path, options);
    const rows = rowsOf(embeddings);
    return embedded(model, { embeddings, fileOf: (index) => join(path, rows.nameOf(index)) });
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
  const embeddings = await openSearchedSet(model, set, options);
  const survey = surveyImages(set);
  return embedded(model, { embeddings, where, fileOf: (image) => imagePath(set, survey, image) });
}
