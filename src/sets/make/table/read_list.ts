import { isCelebA, readCelebA } from "./read_celeba.ts";
import { readCsv } from "./read_csv.ts";
import { readHead } from "./read_text.ts";
import type { Table, TableOptions } from "./table.ts";

/** A .txt file is a list as CelebA's, or delimited text. */
export async function readList(file: string, options: TableOptions): Promise<Table> {
  const isAsked = options.columns !== undefined || options.delimiter !== undefined;
  return !isAsked && isCelebA(await readHead(file, options.encoding))
    ? await readCelebA(file, options)
    : await readCsv(file, options);
}
