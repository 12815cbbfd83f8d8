import { createReadStream } from "node:fs";
import { CsvError, parse } from "csv-parse";
import { CsnError, messageOf } from "../../errors.ts";
import { assertColumns, cellError, type Table, type TableRow } from "./table.ts";

/** A record and where it ends. */
interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** Opens a table of delimited text in UTF-8 (RFC 4180), whose first line names the columns. */
export async function readCsv(file: string, delimiter: string): Promise<Table> {
  const records = recordsOf(file, delimiter);
  const head = await records.next();
  if (head.done) {
    throw new CsnError(`Cannot read ${file}: it is empty; its first line names the columns`);
  }
  const columns = head.value.record;
  assertColumns(file, columns);
  const places = new Map(columns.map((column, at) => [column, at]));
  return { file, columns, mayHaveMore: false, rows: rowsOf(file, records, columns, places) };
}

async function* recordsOf(file: string, delimiter: string): AsyncGenerator<Parsed> {
  const source = createReadStream(file);
  const parser = parse({ delimiter, bom: true, info: true, skip_empty_lines: true, trim: true });
  source.on("error", (error) => parser.destroy(error));
  try {
    for await (const parsed of source.pipe(parser)) yield parsed as Parsed;
  } catch (error) {
    if (error instanceof CsvError) throw badRecord(file, error);
    throw new CsnError(`Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  } finally {
    source.destroy();
  }
}

function badRecord(file: string, error: CsvError): CsnError {
  return new CsnError(
    `Cannot read ${file}: ${error.message}; a row is a line with a cell for each column, and a cell that holds the delimiter, a quote or a line end stands in double quotes`,
    { cause: error },
  );
}

async function* rowsOf(
  file: string,
  records: AsyncGenerator<Parsed>,
  columns: readonly string[],
  places: ReadonlyMap<string, number>,
): AsyncGenerator<TableRow> {
  for await (const { record, info } of records) {
    const wrong = record.findIndex((cell) => cell.includes("\ufffd"));
    if (wrong >= 0) {
      throw cellError(
        file,
        info.lines,
        columns[wrong],
        `"${record[wrong]}" is no UTF-8; save the table as UTF-8`,
      );
    }
    yield { place: info.lines, cell: (column) => record[places.get(column)!] ?? "" };
  }
}
