import { CsnError, messageOf, UsageError } from "../../errors.ts";
import { extname } from "../../paths.ts";
import { isCelebA, readCelebA } from "./read_celeba.ts";
import { readCsv } from "./read_csv.ts";
import { readJson } from "./read_json.ts";
import { readJsonLines } from "./read_json_lines.ts";
import { readParquet } from "./read_parquet.ts";
import { readHead } from "./read_text.ts";
import { readXlsx } from "./read_xlsx.ts";
import type { Table, TableOptions } from "./table.ts";

/** How each kind of file is opened, and whether it is delimited text. */
const readers: Readonly<Record<string, (file: string, options: TableOptions) => Promise<Table>>> = {
  ".csv": readCsv,
  ".tsv": readCsv,
  ".jsonl": readJsonLines,
  ".ndjson": readJsonLines,
  ".parquet": readParquet,
  ".json": readJson,
  ".xlsx": readXlsx,
  ".txt": readList,
};

/** Endings of delimited text. */
const delimited = [".csv", ".tsv", ".txt"];

/** Options that only some kinds of files have a use for. */
const optionsOf: readonly [
  option: keyof TableOptions,
  flag: string,
  endings: readonly string[],
][] = [
  ["columns", "--columns", [...delimited, ".xlsx"]],
  ["delimiter", "--delimiter", delimited],
  ["skipBadLines", "--skip-bad-lines", delimited],
  ["encoding", "--encoding", [...delimited, ".jsonl", ".ndjson", ".json"]],
  ["sheet", "--sheet", [".xlsx"]],
];

/**
 * Opens a table by its file's ending: .csv, .tsv, .txt, .jsonl (or .ndjson), .json, .parquet, .xlsx. Throws a CsnError
 * that names the file when it cannot be read, and a UsageError for an option that its kind has no use for.
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

/** A .txt file is a list as CelebA's, or delimited text. */
async function readList(file: string, options: TableOptions): Promise<Table> {
  const isAsked = options.columns !== undefined || options.delimiter !== undefined;
  return !isAsked && isCelebA(await readHead(file, options.encoding))
    ? await readCelebA(file, options)
    : await readCsv(file, options);
}
