import { open } from "node:fs/promises";
import {
  type AsyncBuffer,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { CsnError, messageOf } from "../../errors.ts";
import { fieldsRow } from "./fields_row.ts";
import type { Table, TableRow } from "./table.ts";

/** Rows decoded at a time: of a table with a hundred columns some 10 MB. */
const chunk = 4096;

/** Opens a Parquet file; its top-level fields are the columns. */
export async function readParquet(file: string): Promise<Table> {
  try {
    const buffer = await bufferOf(file);
    const metadata = await parquetMetadataAsync(buffer);
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const count = Number(metadata.num_rows);
    return {
      file,
      columns,
      mayHaveMore: false,
      understood: [],
      rows: (wanted) =>
        rowsOf(file, count, (rowStart, rowEnd) =>
          parquetReadObjects({
            file: buffer,
            metadata,
            compressors,
            rowStart,
            rowEnd,
            columns: wanted?.filter((column) => columns.includes(column)),
          })),
    };
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
    for (const [i, fields] of rows.entries()) {
      const row = fieldsRow(file, at + i + 1, fields);
      if (row !== null) yield row;
    }
  }
}
