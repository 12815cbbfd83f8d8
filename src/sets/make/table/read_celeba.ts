import { Readable } from "node:stream";
import { createInterface } from "node:readline";
import { CsnError } from "../../../base/errors.ts";
import { readHead, readText, type TextHead } from "./read_text.ts";
import type { Table, TableOptions, TableRow } from "./table.ts";

/**
 * Whether a text is written as CelebA's list_attr_celeba.txt: a count, names, and rows with one
 * cell more.
 */
export function isCelebA({ text }: TextHead): boolean {
  const [count, names = "", row = ""] = text.split(/\r?\n/);
  return /^\s*\d+\s*$/.test(count) && cellsOf(row).length === cellsOf(names).length + 1;
}

/**
 * Opens a table in the form of CelebA's lists: the number of rows, the names of all columns but the
 * first, which is the images' ("image"), and rows whose cells are separated by blanks. Throws a
 * CsnError for a row with other cells, and for a file with another number of rows.
 */
export async function readCelebA(file: string, options: TableOptions): Promise<Table> {
  const { encoding, text } = await readHead(file, options.encoding);
  const [count, names] = text.split(/\r?\n/);
  const columns = ["image", ...cellsOf(names)];
  return {
    file,
    columns,
    mayHaveMore: false,
    understood: ["a list as CelebA's: a count, names of columns, cells separated by blanks"],
    rows: () => rowsOf(file, encoding, columns, Number(count)),
  };
}

async function* rowsOf(
  file: string,
  encoding: string,
  columns: readonly string[],
  count: number,
): AsyncGenerator<TableRow> {
  const source = Readable.from(readText(file, encoding));
  let [place, rows] = [0, 0];
  try {
    for await (const line of createInterface({ input: source, crlfDelay: Infinity })) {
      place++;
      if (place <= 2 || line.trim() === "") continue;
      const cells = cellsOf(line);
      if (cells.length !== columns.length) {
        throw new CsnError(
          `Cannot read ${file}: ${columns.length} columns are named, line ${place} has ${cells.length} cells`,
        );
      }
      rows++;
      yield { place, cell: (column) => cells[columns.indexOf(column)] ?? "" };
    }
  } finally {
    source.destroy();
  }
  if (rows === count) return;
  throw new CsnError(
    `Cannot read ${file}: its first line says that it has ${count} rows, but it has ${rows}; fetch it again, or write the right number there`,
  );
}

function cellsOf(line: string): string[] {
  return line.trim().split(/\s+/);
}
