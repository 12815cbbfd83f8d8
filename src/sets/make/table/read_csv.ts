import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { CsnError, messageOf } from "../../../base/errors.ts";
import { extname } from "../../../files/paths.ts";
import { delimiterName, findDelimiter } from "./find_delimiter.ts";
import { readHead, readText } from "./read_text.ts";
import type { Table, TableOptions, TableRow } from "./table.ts";

/** A record and where it ends. */
interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** How delimited text is to be understood. */
interface Form {
  readonly delimiter: string;
  readonly encoding: string;
  /** Lines before the table. */
  readonly leadingLines: number;
}

/** Lines with a wrong number of cells that an error names. */
const shownLines = 10;

/**
 * Opens a table of delimited text (RFC 4180), whose first line names the columns unless `columns`
 * does. The delimiter is found out: a comma, semicolon, tab or bar, or what a line such as "sep=;"
 * says.
 *
 * Throws a CsnError that names the lines that do not have one cell for each column.
 */
export async function readCsv(file: string, options: TableOptions): Promise<Table> {
  const { form, understood } = await formOf(file, options);
  const columns = options.columns ?? await firstRecord(file, form);
  return {
    file,
    columns,
    mayHaveMore: false,
    mayHaveDecimalCommas: form.delimiter !== ",",
    mayHaveThousandPoints: form.delimiter === ";",
    understood,
    rows: (_, onSkipped) => rowsOf(file, form, columns, options, onSkipped),
  };
}

async function formOf(
  file: string,
  { delimiter, encoding, columns }: TableOptions,
): Promise<{ form: Form; understood: string[] }> {
  const head = await readHead(file, encoding);
  const given = /^sep=(.)(?:\r\n|\n|\r)/.exec(head.text);
  const ending = extname(file).toLowerCase();
  const likely = ending === ".tsv" ? "\t" : ",";
  const text = given === null ? head.text : head.text.slice(given[0].length);
  const find = () => findDelimiter({ ...head, text }, likely, columns?.length, ending === ".txt");
  const form = {
    delimiter: delimiter ?? given?.[1] ?? find(),
    encoding: head.encoding,
    leadingLines: given === null ? 0 : 1,
  };
  const understood = [
    ...(form.delimiter === likely ? [] : [`${delimiterName(form.delimiter)} separates its cells`]),
    ...(form.encoding === "utf-8" ? [] : [`its text is ${form.encoding}`]),
  ];
  return { form, understood };
}

/** The names of the columns. */
async function firstRecord(file: string, form: Form): Promise<readonly string[]> {
  for await (const { record } of recordsOf(file, form)) {
    if (!isEmpty(record)) return record;
  }
  throw new CsnError(`Cannot read ${file}: it is empty; its first line names the columns`);
}

async function* recordsOf(file: string, form: Form): AsyncGenerator<Parsed> {
  const source = Readable.from(readText(file, form.encoding));
  const parser = parse({
    delimiter: form.delimiter,
    from_line: form.leadingLines + 1,
    // All of them: files that were put together have several.
    record_delimiter: ["\r\n", "\n", "\r"],
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  source.on("error", (error) => parser.destroy(error));
  try {
    for await (const parsed of source.pipe(parser)) yield parsed as Parsed;
  } catch (error) {
    if (error instanceof CsvError) throw badRecord(file, error);
    if (error instanceof CsnError) throw error;
    throw new CsnError(`Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  } finally {
    source.destroy();
  }
}

function badRecord(file: string, error: CsvError): CsnError {
  return new CsnError(
    `Cannot read ${file}: ${
      messageOf(error)
    }; a row is a line with a cell for each column, and a cell that holds the delimiter, a quote or a line end stands in double quotes`,
    { cause: error },
  );
}

async function* rowsOf(
  file: string,
  form: Form,
  columns: readonly string[],
  { columns: given, skipBadLines = false }: TableOptions,
  onSkipped?: (line: string) => void,
): AsyncGenerator<TableRow> {
  const places = new Map<string, number>();
  columns.forEach((column, at) => places.has(column) || places.set(column, at));
  const ragged = new RaggedLines(file, columns);
  let isHead = given === undefined;
  for await (const { record, info } of recordsOf(file, form)) {
    if (isEmpty(record)) continue;
    if (isHead) {
      isHead = false;
      continue;
    }
    ragged.rows++;
    if (!fits(record, columns.length)) {
      ragged.add(info.lines, record.length);
      if (skipBadLines) onSkipped?.(`line ${info.lines} with ${cellCount(record.length)}`);
      continue;
    }
    yield { place: info.lines, cell: (column) => record[places.get(column)!] ?? "" };
  }
  if (!skipBadLines) ragged.assertNone();
}

function isEmpty(record: readonly string[]): boolean {
  return record.every((cell) => cell === "");
}

/**
 * Whether there is a cell for each column; cells without a column are nothing when they are empty.
 */
function fits(record: readonly string[], columns: number): boolean {
  return record.length >= columns && isEmpty(record.slice(columns));
}

function cellCount(count: number): string {
  return count === 1 ? "1 cell" : `${count} cells`;
}

/** Lines that do not have one cell for each column. */
class RaggedLines {
  readonly #file: string;
  readonly #columns: readonly string[];
  readonly #shown: string[] = [];
  #count = 0;
  #longer = 0;
  /** Rows that were seen, these among them. */
  rows = 0;

  constructor(file: string, columns: readonly string[]) {
    this.#file = file;
    this.#columns = columns;
  }

  add(line: number, cells: number): void {
    this.#count++;
    if (cells === this.#columns.length + 1) this.#longer++;
    if (this.#shown.length < shownLines) {
      this.#shown.push(`line ${line} has ${cellCount(cells)}`);
    }
  }

  assertNone(): void {
    if (this.#count === 0) return;
    const more = this.#count - this.#shown.length;
    // R's write.table() omits the name of the first column.
    const advice = this.#longer === this.rows
      ? "each line has one cell more than there are names: name the first column too"
      : 'mend them (a cell that holds the delimiter stands in double quotes: "a, b"), or pass `skipBadLines: true` to leave them out';
    throw new CsnError(
      `Cannot read ${this.#file}: ${this.#columns.length} columns are named, ${
        this.#shown.join(", ")
      }${more > 0 ? ` and ${more} more lines` : ""}; ${advice}`,
    );
  }
}
