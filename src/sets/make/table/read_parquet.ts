import { open } from "node:fs/promises";
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { CsnError, messageOf } from "../../../base/errors.ts";
import { imageEnding } from "../../../images/image_ending.ts";
import { fieldsRow } from "./fields_row.ts";
import { shortestFloat } from "./shortest_float.ts";
import type { FileNames, Table, TablePicture, TableRow } from "./table.ts";

/** Rows that are decoded at a time, at most: of a table with a hundred columns some 10 MB. */
const mostRows = 4096;

/** Bytes that are decoded at a time, if rows are not larger. */
const mostBytes = 32_000_000;

/** Cells of more bytes on average are pictures or the like, never names or splits. */
const bulky = 4096;

/** A Parquet file, and how many bytes a row of each column takes on average. */
interface Source {
  readonly file: string;
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: readonly string[];
  readonly widths: ReadonlyMap<string, number>;
  /** Columns of images as Hugging Face stores them. */
  readonly images: ReadonlySet<string>;
  /** Columns of images that are nothing but their bytes. */
  readonly bare: ReadonlySet<string>;
  /** Columns of lists of images. */
  readonly lists: ReadonlySet<string>;
  /** Columns of numbers of 32 bits. */
  readonly floats: readonly string[];
  /** Columns with whole numbers that were rounded, as far as they were read. */
  readonly rounded: Set<string>;
}

/**
 * Opens a Parquet file; its top-level fields are the columns. Of images that stand in it as Hugging
 * Face stores them, with their bytes and path, the path is read; `pictures` gives their bytes, and
 * those of columns of bytes that are images.
 */
export async function readParquet(file: string): Promise<Table> {
  try {
    const buffer = await bufferOf(file);
    const stored = await parquetMetadataAsync(buffer);
    checkRows(file, stored);
    const fields = parquetSchema(stored).children;
    const columns = fields.map(({ element }) => element.name);
    const images = new Set(namesOf(fields.filter(isImage)));
    const lists = new Set(namesOf(fields.filter(holdsImages)).filter((name) => !images.has(name)));
    const bare = new Set(await bareImages(file, buffer, stored, namesOf(fields.filter(isBytes))));
    const metadata = withoutBytes(stored, images);
    const floats = fields.filter(isFloat).map(({ element }) => element.name);
    const widths = widthsOf(metadata);
    const rounded = new Set<string>();
    const kinds = { images, bare, lists, floats };
    const source = { file, buffer, metadata, columns, widths, ...kinds, rounded };
    return tableOf(source, stored);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** `stored` has the images' bytes; `names` are the files of a column of images by row. */
function tableOf(
  source: Source,
  stored: FileMetaData,
  names?: { readonly column: string; readonly files: FileNames },
): Table {
  const { file, columns, widths, images, bare, lists, rounded } = source;
  const embedded = new Set([...images, ...bare]);
  const understood = [...embedded].map((name) =>
    name === names?.column
      ? `column "${name}" holds the images themselves: they are unpacked`
      : bare.has(name)
      ? `column "${name}" holds images without names, which only \`copy: true\` unpacks`
      : `column "${name}" holds images with their paths: the paths are read`
  );
  return {
    file,
    columns,
    mayHaveMore: false,
    embedded,
    imageLists: lists,
    size: Number(stored.num_rows),
    bulky: new Set(columns.filter((name) => (widths.get(name) ?? 0) >= bulky)),
    rounded,
    understood,
    rows: (wanted) => rowsOf(source, wanted, names),
    pictures: (column) => picturesOf(source, stored, column),
    withNames: (column, files) => tableOf(source, stored, { column, files }),
  };
}

type Field = ReturnType<typeof parquetSchema>;

function namesOf(fields: readonly Field[]): string[] {
  return fields.map(({ element }) => element.name);
}

/** Whether a column holds images with their bytes and path. */
function isImage({ children }: Field): boolean {
  return namesOf(children).sort().join() === "bytes,path";
}

/** Whether images stand anywhere in a column. */
function holdsImages(field: Field): boolean {
  return isImage(field) || field.children.some(holdsImages);
}

/** Whether a column holds bytes that are not said to be text. */
function isBytes({ element, children }: Field): boolean {
  const { type, converted_type, logical_type } = element;
  return children.length === 0 && type === "BYTE_ARRAY" && converted_type === undefined &&
    logical_type === undefined;
}

/** Rows by which it is found out what bytes are. */
const trialRows = 8;

/** Columns of bytes that begin as images do; programs may leave it out that bytes are text. */
async function bareImages(
  file: string,
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  names: readonly string[],
): Promise<string[]> {
  if (names.length === 0 || Number(metadata.num_rows) === 0) return [];
  const rowEnd = Math.min(trialRows, Number(metadata.num_rows));
  const options = { rowStart: 0, rowEnd, columns: [...names], utf8: false };
  const rows = await readRows(file, buffer, metadata, options);
  return names.filter((name) =>
    rows.some(({ [name]: bytes }) => bytes instanceof Uint8Array && imageEnding(bytes) !== null)
  );
}

/** Some rows of some columns; throws a CsnError where they are not all there. */
async function readRows(
  file: string,
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  options: { rowStart: number; rowEnd: number; columns: string[]; utf8?: boolean },
): Promise<Record<string, unknown>[]> {
  const { rowStart, rowEnd } = options;
  let rows: Record<string, unknown>[];
  try {
    rows = await parquetReadObjects({ file: buffer, metadata, compressors, ...options });
  } catch (error) {
    throw unreadable(file, error);
  }
  if (rows.length === rowEnd - rowStart) return rows;
  throw damaged(file, `row ${rowStart + rows.length + 1} of ${metadata.num_rows} is not there`);
}

/** Whether a column holds numbers of 32 bits, or lists of them. */
function isFloat({ element, children }: Field): boolean {
  if (element.type !== undefined) return element.type === "FLOAT";
  return children.length === 1 && isFloat(children[0]);
}

function unreadable(file: string, error: unknown): CsnError {
  if (error instanceof CsnError) return error;
  return damaged(file, messageOf(error), error);
}

function damaged(file: string, what: string, cause?: unknown): CsnError {
  return new CsnError(
    `Cannot read ${file} as Parquet: it is damaged, or written in a way that csn does not know (${what}); write it again`,
    { cause },
  );
}

/**
 * Throws when the numbers of rows do not fit together: one that is wrong would be read for hours.
 */
function checkRows(file: string, { num_rows, row_groups }: FileMetaData): void {
  const rows = row_groups.map((group) => Number(group.num_rows));
  const sum = rows.reduce((sum, each) => sum + each, 0);
  if (sum !== Number(num_rows) || !rows.every((each) => Number.isSafeInteger(each) && each >= 0)) {
    throw damaged(file, `it should have ${num_rows} rows, its parts have ${sum}`);
  }
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

/** The same file without the images' bytes, so that none of them are read. */
function withoutBytes(metadata: FileMetaData, images: ReadonlySet<string>): FileMetaData {
  if (images.size === 0) return metadata;
  const { schema, row_groups } = metadata;
  const isImage = schema.map(({ name }) => images.has(name));
  return {
    ...metadata,
    schema: schema.flatMap((element, at) => {
      if (isImage[at] && element.num_children === 2) return [{ ...element, num_children: 1 }];
      const isBytes = element.name === "bytes" && (isImage[at - 1] || isImage[at - 2]);
      return isBytes ? [] : [element];
    }),
    row_groups: row_groups.map((group) => ({
      ...group,
      columns: group.columns.filter(({ meta_data }) => {
        const [top, field] = meta_data?.path_in_schema ?? [];
        return !(images.has(top) && field === "bytes");
      }),
    })),
  };
}

function widthsOf({ row_groups, num_rows }: FileMetaData): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { columns } of row_groups) {
    for (const { meta_data } of columns) {
      if (meta_data === undefined) continue;
      const [name] = meta_data.path_in_schema;
      sizes.set(name, (sizes.get(name) ?? 0) + Number(meta_data.total_uncompressed_size));
    }
  }
  return new Map([...sizes].map(([name, size]) => [name, size / Math.max(1, Number(num_rows))]));
}

/** The images of a column, a row group at a time. */
async function* picturesOf(
  { file, buffer }: Source,
  metadata: FileMetaData,
  column: string,
): AsyncGenerator<TablePicture> {
  const of = Number(metadata.num_rows);
  let place = 0;
  for (const group of metadata.row_groups) {
    const [rowStart, rowEnd] = [place, place + Number(group.num_rows)];
    const options = { rowStart, rowEnd, columns: [column], utf8: false };
    for (const row of await readRows(file, buffer, metadata, options)) {
      const image = row[column] instanceof Uint8Array
        ? { bytes: row[column] }
        : row[column] as { bytes?: unknown; path?: unknown } | null | undefined;
      const isThere = image?.bytes instanceof Uint8Array && image.bytes.length > 0;
      const bytes = isThere ? image.bytes as Uint8Array : null;
      yield { place: ++place, of, path: pathText(image?.path), bytes };
    }
  }
}

/** Programs may leave it to the reader that bytes are text. */
function pathText(path: unknown): string {
  if (path instanceof Uint8Array) return new TextDecoder().decode(path);
  return typeof path === "string" ? path : "";
}

async function* rowsOf(
  source: Source,
  wanted?: readonly string[],
  names?: { readonly column: string; readonly files: FileNames },
): AsyncGenerator<TableRow> {
  const { file, buffer, metadata, widths, images, bare, lists, floats } = source;
  const width = (name: string) => widths.get(name) ?? 0;
  const columns = source.columns.filter((name) =>
    !bare.has(name) && !lists.has(name) && (wanted?.includes(name) ?? width(name) < bulky)
  );
  const bytes = columns.reduce((sum, name) => sum + width(name), 0);
  const step = Math.max(1, Math.min(mostRows, Math.floor(mostBytes / Math.max(1, bytes))));
  const count = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < count; rowStart += step) {
    const rowEnd = Math.min(rowStart + step, count);
    const rows = columns.length > 0
      ? await readRows(file, buffer, metadata, { rowStart, rowEnd, columns })
      : Array.from({ length: rowEnd - rowStart }, () => ({}));
    for (const [i, fields] of (rows as Record<string, unknown>[]).entries()) {
      if (names !== undefined && bare.has(names.column)) {
        fields[names.column] = names.files.get(rowStart + i + 1);
      }
      for (const name of images) {
        if (!columns.includes(name)) continue;
        const { path } = (fields[name] ?? {}) as { path?: unknown };
        fields[name] = name === names?.column ? names.files.get(rowStart + i + 1) : path;
      }
      for (const name of floats) {
        if (name in fields) fields[name] = shortestFloat(fields[name]);
      }
      const row = fieldsRow(file, rowStart + i + 1, fields, source.rounded);
      if (row !== null) yield row;
    }
  }
}
