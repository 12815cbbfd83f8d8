import { noColumn } from "./load_columns.ts";
import type { Table } from "./table.ts";

/** Names of columns that are taken for the images', the likeliest first. */
const imageColumns = ["image", "file", "path", "filename", "id"];

/**
 * The column that holds images' paths or ids: the first that is called image, file, path, filename or id, in
 * this order, else the first of all. Throws a CsnError for a table without columns.
 */
export function guessImageColumn(table: Table): string {
  const [first] = table.columns;
  if (first === undefined) throw noColumn(table, imageColumns[0]);
  for (const name of imageColumns) {
    const found = table.columns.find((column) => column.toLowerCase() === name);
    if (found !== undefined) return found;
  }
  return first;
}
