import type { Listener } from "../../base/listener.ts";
import { UsageError } from "../../base/errors.ts";
import { dirname, join } from "../../files/paths.ts";
import { imageEnding } from "../../images/image_ending.ts";
import { hasImageEnding } from "../../images/list_images.ts";
import { FolderImages } from "./image_finder.ts";
import { ImageNames } from "./image_names.ts";
import { chooseImageColumn } from "./table/choose_image_column.ts";
import { openTable } from "./table/open_table.ts";
import { surveyTable } from "./table/survey_table.ts";
import { noColumn } from "./table/load_columns.ts";
import { listOfImages } from "./table/list_of_images.ts";
import type { Table, TableOptions } from "./table/table.ts";

/** The images of a table that were written to files. */
export interface UnpackedImages {
  /** The table, whose column names those files. */
  readonly table: Table;
  readonly column: string;
  /** What the user should know of their names. */
  readonly warnings: readonly string[];
  /** Those files. @default {what lies in the plan's folder} */
  readonly images?: FolderImages;
}

/** A table whose images are to be unpacked, and the column that holds them. */
export interface PicturesOfTable {
  readonly table: Table;
  readonly column: string;
}

/** Where a table's images are looked for. */
export interface ImagesOfTable extends TableOptions {
  readonly attributes?: string;
  readonly images?: string;
  readonly imageColumn?: string;
}

/**
 * Opens a table of whose images the pictures are to be unpacked: it holds them itself, and `images`
 * does not have their files. Null for any other table. Throws a UsageError when several columns
 * hold images and none is named.
 */
export async function tableOfPictures(
  given: ImagesOfTable,
  signal?: AbortSignal,
): Promise<PicturesOfTable | null> {
  const { attributes, images, imageColumn } = given;
  if (attributes === undefined || !/\.parquet$/i.test(attributes)) return null;
  const table = await openTable(attributes, given);
  const columns = [...table.embedded ?? []];
  const list = [...table.imageLists ?? []].find((name) =>
    imageColumn === undefined ? columns.length === 0 && images === undefined : name === imageColumn
  );
  if (list !== undefined) throw listOfImages(attributes, list);
  const isThere = imageColumn === undefined || table.columns.includes(imageColumn);
  if (!isThere) throw noColumn(table, imageColumn);
  if (columns.length === 0 || imageColumn !== undefined && !columns.includes(imageColumn)) {
    return null;
  }
  if (images !== undefined) {
    const finder = await FolderImages.open(images);
    const survey = await surveyTable(table, finder, { wanted: [], signal });
    const name = imageColumn ?? chooseImageColumn(survey, finder).name;
    const facts = survey.columns.find((column) => column.name === name);
    if (!columns.includes(name) || (facts?.matched ?? 0) > 0) return null;
  }
  const column = imageColumn ?? columns[0];
  if (imageColumn === undefined && columns.length > 1) {
    throw new UsageError(
      `Cannot tell which images of ${attributes} are meant: the columns ${
        columns.map((each) => `"${each}"`).join(", ")
      } hold images; name one with \`imageColumn\``,
    );
  }
  return { table, column };
}

/** What unpacking gives when every row holds a picture, to be examined before it is done. */
export function imagesToUnpack({ table, column }: PicturesOfTable): UnpackedImages {
  const nameOf = (place: number) => `${place}.png`;
  const names = Array.from({ length: table.size! }, (_, row) => nameOf(row + 1));
  return {
    table: table.withNames!(column, { get: nameOf }),
    column,
    warnings: [],
    images: new FolderImages("", names),
  };
}

/**
 * Writes the pictures that a column of a table holds into `folder`. A row without one keeps what it
 * says, which names no file.
 */
export async function unpackImages(
  { table, column }: PicturesOfTable,
  folder: string,
  { listener, signal }: { readonly listener?: Listener; readonly signal?: AbortSignal },
): Promise<UnpackedImages> {
  const names = new ImageNames();
  const files = new Map<number, string>();
  const made = new Set<string>();
  let done = 0;
  await Deno.mkdir(folder);
  for await (const { place, of, path, bytes } of table.pictures!(column)) {
    signal?.throwIfAborted();
    const ending = bytes === null ? null : imageEnding(bytes);
    if (bytes !== null && (ending !== null || hasImageEnding(path))) {
      const file = names.next(path, place, ending ?? "");
      files.set(place, file);
      const at = join(folder, file);
      if (!made.has(dirname(at))) await Deno.mkdir(dirname(at), { recursive: true });
      made.add(dirname(at));
      await Deno.writeFile(at, bytes, { createNew: true });
    } else {
      files.set(place, `row ${place}, which holds no picture`);
    }
    listener?.progress?.({ what: "Unpacking images", done: ++done, total: of, unit: "images" });
  }
  const { toldApart } = names;
  return {
    table: table.withNames!(column, files),
    column,
    warnings: toldApart === 0 ? [] : [
      `${toldApart} of ${files.size} pictures of column "${column}" have the path of an earlier one: the number of the row is added to their names`,
    ],
  };
}
