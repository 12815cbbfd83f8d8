import type { CsnError } from "../../base/errors.ts";
import type { FolderImages } from "./image_finder.ts";
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
 * Finds each row's image. Throws a CsnError that names file, row and column for a cell without an
 * image, one that leads out of the folder, an id that two files have, and an image that is named
 * twice.
 */
export function findImages(images: FolderImages, columns: Columns, column: string): FoundImages {
  const cells = columns.cells.get(column)!;
  const fail = (row: number, what: string) =>
    cellError(columns.file, columns.places[row], column, what);
  const rows: number[] = [];
  const files: string[] = [];
  const missing: string[] = [];
  const rowOf = new Map<string, number>();
  cells.forEach((cell, row) => {
    const named = nameIn(cell, (what) => fail(row, what));
    const found = images.find(named);
    if (found === null) {
      missing.push(named);
      return;
    }
    if ("fault" in found) throw fail(row, found.fault);
    const { file } = found;
    const before = rowOf.get(file);
    if (before !== undefined) {
      throw fail(
        row,
        `the image ${file} is named twice, first at ${
          columns.places[before]
        }; keep one row an image`,
      );
    }
    rowOf.set(file, row);
    rows.push(row);
    files.push(file);
  });
  return { rows, files, missing };
}

function nameIn(cell: Cell, fail: (what: string) => CsnError): string {
  if (typeof cell !== "string") throw fail("it holds a list; a row names one image");
  if (cell === "") throw fail("no image is named; each row names one, by its path or id");
  return cell;
}
