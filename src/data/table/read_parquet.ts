import { open } from "node:fs/promises";
import {
  type AsyncBuffer,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { CsnError, messageOf } from "../../errors.ts";
import { assertColumns, cellError, cellOf, type Table, type TableRow } from "./table.ts";

/** Rows decoded at a time: of a table with a hundred columns some 10 MB. */
const chunk = 4096;

/** Opens a Parquet file; its top-level fields are the columns. */
export async function readParquet(file: string): Promise<Table> {
  try {
    const buffer = await bufferOf(file);
    const metadata = await parquetMetadataAsync(buffer);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    assertColumns(file, columns);
    const count = Number(metadata.num_rows);
    const rows = rowsOf(
      file,
      count,
      (rowStart, rowEnd) =>
        parquetReadObjects({ file: buffer, metadata, compressors, rowStart, rowEnd }),
    );
    return { file, columns, mayHaveMore: false, rows };
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): CsnError {
  if (error instanceof CsnError) return error;
  return new CsnError(`Cannot read ${file} as Parquet: ${messageOf(error)}`, { cause: error });
}

/** Opens the file for each piece, so nothing is left open when a reader stops early. */
async function bufferOf(file: string): Promise<AsyncBuffer> {
  const { size } = await Deno.stat(file);
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const handle = await open(file);
      try {
        const bytes = new Uint8Array(end - start);
        await handle.read(bytes, 0, bytes.length, start);
        return bytes.buffer;
      } finally {
        await handle.close();
      }
    },
  };
}

async function* rowsOf(
  file: string,
  count: number,
  read: (from: number, to: number) => Promise<Record<string, unknown>[]>,
): AsyncGenerator<TableRow> {
  for (let at = 0; at < count; at += chunk) {
    let rows: Record<string, unknown>[];
    try {
      rows = await read(at, Math.min(at + chunk, count));
    } catch (error) {
      throw unreadable(file, error);
    }
    for (const [i, fields] of rows.entries()) yield rowOf(file, at + i + 1, fields);
  }
}

function rowOf(file: string, place: number, fields: Record<string, unknown>): TableRow {
  return {
    place,
    cell: (column) => {
      const cell = cellOf(fields[column]);
      if (cell !== null) return cell;
      throw cellError(
        file,
        place,
        column,
        "its kind of value cannot be compared; texts, numbers, times and lists of them can",
      );
    },
  };
}
