import { CsnError, messageOf, UsageError } from "../../errors.ts";
import { extname } from "../../paths.ts";
import { readCsv } from "./read_csv.ts";
import { readJsonLines } from "./read_json_lines.ts";
import { readParquet } from "./read_parquet.ts";
import type { Table, TableOptions } from "./table.ts";

/** How each kind of file is opened, and whether it is delimited text. */
const readers: Readonly<Record<string, (file: string, options: TableOptions) => Promise<Table>>> = {
  ".csv": readCsv,
  ".tsv": readCsv,
  ".jsonl": readJsonLines,
  ".ndjson": readJsonLines,
  ".parquet": readParquet,
};

/** Options that only some kinds of files have a use for. */
const optionsOf: readonly [
  option: keyof TableOptions,
  flag: string,
  endings: readonly string[],
][] = [
  ["columns", "--columns", [".csv", ".tsv"]],
  ["delimiter", "--delimiter", [".csv", ".tsv"]],
  ["skipBadLines", "--skip-bad-lines", [".csv", ".tsv"]],
  ["encoding", "--encoding", [".csv", ".tsv", ".jsonl", ".ndjson"]],
];

/**
 * Opens a table by its file's ending: .csv, .tsv, .jsonl (or .ndjson), .parquet. Throws a CsnError that names
 * the file when it cannot be read, and a UsageError for an option that its kind has no use for.
 */
export async function openTable(file: string, options: TableOptions = {}): Promise<Table> {
  const ending = extname(file).toLowerCase();
  const reader = readers[ending];
  if (reader === undefined) {
    throw new CsnError(
      `Cannot read the table ${file}: its ending is none of ${Object.keys(readers).join(", ")}`,
    );
  }
  for (const [option, flag, endings] of optionsOf) {
    if (!options[option] || endings.includes(ending)) continue;
    throw new UsageError(
      `Cannot use ${flag} with ${file}: it is for ${endings.join(", ")} files`,
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
  return await reader(file, options);
}
