import { CsnError } from "../../../base/errors.ts";
import type { GivenColumns } from "../../given_values.ts";

/** What stands in a cell: "" when nothing is known, several texts when the format has lists. */
export type Cell = string | readonly string[];

/** A row of a table. */
export interface TableRow {
  /** Line of the file, or row of a Parquet file, a sheet or a JSON list, from 1 on. */
  readonly place: number;
  /** The cell of a column; "" when the row has none. */
  cell(column: string): Cell;
}

/** An image that stands in a table. */
export interface TablePicture {
  /** The place of its row. */
  readonly place: number;
  /** How many rows there are. */
  readonly of: number;
  /** What the table calls it; "" when nothing. */
  readonly path: string;
  /** The image file; null when the table does not hold it. */
  readonly bytes: Uint8Array | null;
}

/** Names of files by the place of the row. */
export type FileNames = Pick<ReadonlyMap<number, string>, "get">;

/** A table that is read row by row. */
export interface Table {
  /** Where it lies. */
  readonly file: string;
  /**
   * Names of the columns; of JSON Lines those of the first row. A name may be "" or come twice.
   */
  readonly columns: readonly string[];
  /** Whether a later row may have columns that the first one lacks. */
  readonly mayHaveMore: boolean;
  /**
   * Whether numbers may be written with a decimal comma, because the comma does not separate the
   * cells.
   */
  readonly mayHaveDecimalCommas?: boolean;
  /**
   * Whether the point may stand between thousands, as in tables from Excel where the comma is
   * the decimal sign.
   */
  readonly mayHaveThousandPoints?: boolean;
  /** Columns that hold the images themselves besides their names. */
  readonly embedded?: ReadonlySet<string>;
  /** Columns that hold lists of images, which cannot be used. */
  readonly imageLists?: ReadonlySet<string>;
  /** Goes through the images that a column of `embedded` holds; a part of the file in memory. */
  pictures?(column: string): AsyncIterable<TablePicture>;
  /** The same table with other names in a column of `embedded`: files by the place of the row. */
  withNames?(column: string, files: FileNames): Table;
  /** How many rows there are, where the format says so. */
  readonly size?: number;
  /**
   * Columns whose cells are as large as pictures; their cells are "" but where `rows` is asked for
   * them.
   */
  readonly bulky?: ReadonlySet<string>;
  /**
   * Columns read so far whose whole numbers are over 2^53 and stored as doubles, which may have
   * rounded them.
   */
  readonly rounded?: ReadonlySet<string>;
  /** Of a list of values that people gave to images: its columns. */
  readonly givenValues?: GivenColumns;
  /** What was understood of the file's form, in words, where there was a choice. */
  readonly understood: readonly string[];
  /**
   * Goes through the rows from the first on, any number of times; rows without a value are passed
   * over. `columns` are those whose cells will be asked for, where that saves reading. `onSkipped`
   * is called with lines that are left out.
   */
  rows(columns?: readonly string[], onSkipped?: (line: string) => void): AsyncIterable<TableRow>;
}

/** How a table is read where its file does not say it. */
export interface TableOptions {
  /** Names of the columns of a table whose first line is data already. */
  readonly columns?: readonly string[];
  /** The delimiter of the cells of delimited text. @default {found out} */
  readonly delimiter?: string;
  /**
   * How the text is encoded, as the Encoding Standard names it. @default {by its byte order mark,
   * else UTF-8}
   */
  readonly encoding?: string;
  /**
   * Leave out lines of delimited text that do not have one cell for each column. @default {false}
   */
  readonly skipBadLines?: boolean;
  /** The sheet of a workbook. @default {its first} */
  readonly sheet?: string;
}

/** An error that says where in a table something is wrong. */
export function cellError(
  file: string,
  place: number,
  column: string,
  what: string,
): CsnError {
  return new CsnError(`${placeName(file, place)}, column "${column}": ${what}`);
}

/** How a place in a table is called: Parquet files, workbooks and JSON lists have no lines. */
export function placeName(file: string, place: number): string {
  return /\.(?:parquet|xlsx|json)$/i.test(file) ? `${file}, row ${place}` : `${file}:${place}`;
}

/**
 * A cell for any value of a typed format; null when it is no text, number, truth value, time or
 * list of them.
 */
export function cellOf(value: unknown): Cell | null {
  if (Array.isArray(value)) {
    const texts = value.map(textOf);
    return texts.includes(null) ? null : (texts as string[]).filter((text) => text !== "");
  }
  return textOf(value);
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value.trim();
  // What is no finite number is not known: programs write NaN for a missing one.
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value instanceof Date) return value.toISOString();
  return null;
}
