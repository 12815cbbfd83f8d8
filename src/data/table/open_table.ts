import { CsnError, messageOf } from "../../errors.ts";
import { extname } from "../../paths.ts";
import { readCsv } from "./read_csv.ts";
import { readJsonLines } from "./read_json_lines.ts";
import { readParquet } from "./read_parquet.ts";
import type { Table } from "./table.ts";

/** How each kind of file is opened. */
const readers: Readonly<Record<string, (file: string) => Promise<Table>>> = {
  ".csv": (file) => readCsv(file, ","),
  ".tsv": (file) => readCsv(file, "\t"),
  ".jsonl": readJsonLines,
  ".ndjson": readJsonLines,
  ".parquet": readParquet,
};

/**
 * Opens a table by its file's ending: .csv, .tsv, .jsonl (or .ndjson), .parquet. Its rows can be gone
 * through once. Throws a CsnError that names the file when it cannot be read.
 */
export async function openTable(file: string): Promise<Table> {
  const reader = readers[extname(file).toLowerCase()];
  if (reader === undefined) {
    throw new CsnError(
      `Cannot read the table ${file}: its ending is none of ${Object.keys(readers).join(", ")}`,
    );
  }
  try {
    if (!(await Deno.stat(file)).isFile) throw new Error("it is no file");
  } catch (error) {
    const found = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : messageOf(error);
    throw new CsnError(`Cannot read the table ${file}: ${found}`, { cause: error });
  }
  return await reader(file);
}
