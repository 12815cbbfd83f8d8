import type { CsnError } from "../errors.ts";
import { basename, extname, join, relative, resolve } from "../paths.ts";
import { hasImageEnding, listImages } from "./list_images.ts";
import { withEscapedDots } from "./survey_images.ts";
import { type Cell, cellError } from "./table/table.ts";
import type { Columns } from "./table/load_columns.ts";

/** The images that the rows of a table name. */
export interface FoundImages {
  /** Rows of the table whose image is there. */
  readonly rows: readonly number[];
  /** Their images: paths relative to the folder. */
  readonly files: readonly string[];
  /** What rows name whose image is not there. */
  readonly missing: readonly string[];
}

/**
 * Finds each row's image in `folder`. A cell that ends like an image file is its path below the folder;
 * any other is an id, the file's name without its ending.
 *
 * Throws a CsnError that names file, row and column for a cell without an image, one that leads out of the
 * folder, an id that two files have, and an image that is named twice.
 */
export async function findImages(
  folder: string,
  columns: Columns,
  column: string,
): Promise<FoundImages> {
  const cells = columns.cells.get(column)!;
  const fail = (row: number, what: string) =>
    cellError(columns.file, columns.places[row], column, what);
  const hasIds = cells.some((cell) => typeof cell === "string" && !hasImageEnding(cell));
  const byId = hasIds ? await filesById(folder) : new Map<string, string[]>();
  const rows: number[] = [];
  const files: string[] = [];
  const missing: string[] = [];
  const rowOf = new Map<string, number>();
  cells.forEach((cell, row) => {
    const named = nameIn(cell, (what) => fail(row, what));
    const found = hasImageEnding(named)
      ? fileAt(folder, named, (what) => fail(row, what))
      : fileOf(byId, named, (what) => fail(row, what));
    if (found === null) {
      missing.push(named);
      return;
    }
    const before = rowOf.get(found);
    if (before !== undefined) {
      throw fail(
        row,
        `the image ${found} is named twice, first at ${
          columns.places[before]
        }; keep one row an image`,
      );
    }
    rowOf.set(found, row);
    rows.push(row);
    files.push(found);
  });
  return { rows, files, missing };
}

function nameIn(cell: Cell, fail: (what: string) => CsnError): string {
  if (typeof cell !== "string") throw fail("it holds a list; a row names one image");
  if (cell === "") throw fail("no image is named; each row names one, by its path or id");
  return cell;
}

/** The path of an image that is there, relative to the folder. */
function fileAt(folder: string, named: string, fail: (what: string) => CsnError): string | null {
  // Spelt in one way only, or one image could have two names.
  const file = relative(folder, resolve(folder, named));
  if (file.split("/")[0] === ".." || /[\0\r\n]/.test(file)) {
    throw fail(`"${named}" leaves the image folder ${folder}; name images in it, without ".."`);
  }
  return isFile(join(folder, file)) || isFile(join(folder, withEscapedDots(file))) ? file : null;
}

function fileOf(
  byId: ReadonlyMap<string, readonly string[]>,
  id: string,
  fail: (what: string) => CsnError,
): string | null {
  const files = byId.get(id) ?? [];
  if (files.length > 1) {
    throw fail(`the id "${id}" fits ${files[0]} and ${files[1]}; name the image by its path`);
  }
  return files[0] ?? null;
}

/** Files by their name without ending, and by their path without ending. */
async function filesById(folder: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const file of await listImages(folder)) {
    const path = file.slice(0, file.length - extname(file).length);
    for (const id of new Set([path, basename(path)])) {
      const list = found.get(id);
      if (list === undefined) found.set(id, [file]);
      else list.push(file);
    }
  }
  return found;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
