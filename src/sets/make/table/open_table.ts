import { CsnError, messageOf, UsageError } from "../../../base/errors.ts";
import { extname } from "../../../files/paths.ts";
import { standingRows } from "./standing_rows.ts";
import type { Table, TableOptions } from "./table.ts";

/** Opens a table. */
type Reader = (file: string, options: TableOptions) => Promise<Table>;

/** How each kind of file is opened; a reader and its library are loaded when such a file comes. */
const readers: Readonly<Record<string, () => Promise<Reader>>> = {
  ".csv": async () => (await import("./read_csv.ts")).readCsv,
  ".tsv": async () => (await import("./read_csv.ts")).readCsv,
  ".jsonl": async () => (await import("./read_json_lines.ts")).readJsonLines,
  ".ndjson": async () => (await import("./read_json_lines.ts")).readJsonLines,
  ".parquet": async () => (await import("./read_parquet.ts")).readParquet,
  ".json": async () => (await import("./read_json.ts")).readJson,
  ".xlsx": async () => (await import("./read_xlsx.ts")).readXlsx,
  ".txt": async () => (await import("./read_list.ts")).readList,
};

/** Endings of delimited text. */
const delimited = [".csv", ".tsv", ".txt"];

/** Options that only some kinds of files have a use for. */
const optionsOf: readonly [
  option: keyof TableOptions,
  endings: readonly string[],
][] = [
  ["columns", [...delimited, ".xlsx"]],
  ["delimiter", delimited],
  ["skipBadLines", delimited],
  ["encoding", [...delimited, ".jsonl", ".ndjson", ".json"]],
  ["sheet", [".xlsx"]],
];

/**
 * Opens a table by its file's ending: .csv, .tsv, .txt, .jsonl (or .ndjson), .json, .parquet,
 * .xlsx. Of a list of values that people gave (`explore` writes such) only the rows that count are
 * there. Throws a CsnError that names the file when it cannot be read, and a UsageError for an
 * option that its kind has no use for.
 */
export async function openTable(file: string, options: TableOptions = {}): Promise<Table> {
  const ending = extname(file).toLowerCase();
  const reader = readers[ending];
  if (reader === undefined) {
    throw new CsnError(
      `Cannot read the table ${file}: its ending is none of ${Object.keys(readers).join(", ")}`,
    );
  }
  for (const [option, endings] of optionsOf) {
    if (!options[option] || endings.includes(ending)) continue;
    throw new UsageError(
      `Cannot use \`${option}\` with ${file}: it is for ${endings.join(", ")} files`,
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
  return await standingRows(await (await reader())(file, options));
}
