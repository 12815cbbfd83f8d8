import { CsnError } from "../../errors.ts";

/** What stands in a cell: "" when nothing is known, several texts when the format has lists. */
export type Cell = string | readonly string[];

/** A row of a table. */
export interface TableRow {
  /** Line of the file, or row of a Parquet file, from 1 on. */
  readonly place: number;
  /** The cell of a column; "" when the row has none. */
  cell(column: string): Cell;
}

/** A table that is read row by row. */
export interface Table {
  /** Where it lies. */
  readonly file: string;
  /** Names of the columns; of JSON Lines those of the first row. */
  readonly columns: readonly string[];
  /** Whether a later row may have columns that the first one has not. */
  readonly mayHaveMore: boolean;
  readonly rows: AsyncIterable<TableRow>;
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

/** How a place in a table is called: Parquet files have no lines. */
export function placeName(file: string, place: number): string {
  return /\.parquet$/i.test(file) ? `${file}, row ${place}` : `${file}:${place}`;
}

/** A cell for any value of a typed format; null when it is no text, number, truth value, time or list of them. */
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
  // What is no number is not known: programs write NaN for a missing one.
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value instanceof Date) return value.toISOString();
  return null;
}

/** Refuses a table without columns, and one that has two of the same name. */
export function assertColumns(file: string, columns: readonly string[]): void {
  columns.forEach((column, at) => {
    if (columns.indexOf(column) !== at) {
      throw new CsnError(
        `Cannot read ${file}: it has two columns called "${column}"; give each a name of its own`,
      );
    }
  });
}
