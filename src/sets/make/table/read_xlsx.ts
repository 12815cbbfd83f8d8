import { CsnError, messageOf } from "../../../base/errors.ts";
import { fieldsRow } from "./fields_row.ts";
import type { Table, TableOptions, TableRow } from "./table.ts";

/**
 * Opens a sheet of an Excel workbook, the first unless one is named. Its first row with a value
 * names the columns unless `columns` does; a cell is its value, of a formula the one that was
 * stored with it.
 */
export async function readXlsx(file: string, options: TableOptions): Promise<Table> {
  const rows = await sheetRows(file, options.sheet);
  const top = rows.findIndex((row) => row.some((cell) => textOf(cell) !== ""));
  if (top === -1) {
    throw new CsnError(`Cannot read ${file}: its sheet is empty; the first row names the columns`);
  }
  const columns = options.columns ?? rows[top].map(textOf);
  const width = rows.reduce(
    (most, row) => Math.max(most, 1 + row.findLastIndex((cell) => textOf(cell) !== "")),
    0,
  );
  if (width > columns.length) {
    throw new CsnError(
      `Cannot read ${file}: ${columns.length} columns are named, but a row has ${width} cells; name each column`,
    );
  }
  const rounded = new Set<string>();
  return {
    file,
    columns,
    mayHaveMore: false,
    rounded,
    understood: options.sheet === undefined ? [] : [`its sheet is "${options.sheet}"`],
    async *rows(): AsyncGenerator<TableRow> {
      for (const [at, cells] of rows.entries()) {
        if (at < top || (at === top && options.columns === undefined)) continue;
        const fields = new Map<string, unknown>();
        columns.forEach((column, i) => fields.has(column) || fields.set(column, cells[i]));
        const row = fieldsRow(file, at + 1, Object.fromEntries(fields), rounded);
        if (row !== null) yield row;
      }
    },
  };
}

async function sheetRows(file: string, sheet?: string): Promise<readonly (readonly unknown[])[]> {
  // The reader that takes a whole file: those of streams wait for ever for the rest of a truncated
  // one.
  const { readSheet } = await import("read-excel-file/universal");
  try {
    const { buffer } = await Deno.readFile(file);
    return await (sheet === undefined ? readSheet(buffer) : readSheet(buffer, sheet));
  } catch (error) {
    const found = error instanceof Error && error.name === "SheetNotFoundError"
      ? `${messageOf(error)}; name one with \`sheet\``
      : `it is damaged, or none (${messageOf(error)}); save it again`;
    throw new CsnError(`Cannot read ${file} as a workbook: ${found}`, { cause: error });
  }
}

/** What a heading says. */
function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  return cell instanceof Date ? cell.toISOString() : String(cell).trim();
}
