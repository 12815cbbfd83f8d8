import { CsnError } from "../../../base/errors.ts";
import { withDecimalPoints, withThousandPoints } from "./decimal_commas.ts";
import type { Cell, Table } from "./table.ts";

/** Some columns of a table, in memory; a position is a row. */
export interface Columns {
  readonly file: string;
  /** Line or row in the file of each row. */
  readonly places: readonly number[];
  /** The cells of each column. */
  readonly cells: ReadonlyMap<string, readonly Cell[]>;
  /** Columns that hold the images themselves besides their names. */
  readonly embedded?: ReadonlySet<string>;
  /**
   * Columns whose whole numbers are over 2^53 and stored as doubles, which may have rounded them.
   */
  readonly rounded?: readonly string[];
  /** Columns whose points may stand between thousands, with a number of each. */
  readonly thousandPoints?: ReadonlyMap<string, string>;
  /** What was understood of the table's form, in words. */
  readonly understood: readonly string[];
  /** Lines that were left out because they do not have one cell for each column. */
  readonly skipped: readonly string[];
}

/**
 * Reads the columns `names` of a table and nothing else. Throws a CsnError for an unknown column,
 * for one whose name another has too, and for a table without rows.
 */
export async function loadColumns(
  table: Table,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Columns> {
  const missing = names.find((name) => !table.columns.includes(name));
  if (missing !== undefined && !table.mayHaveMore) throw noColumn(table, missing);
  assertUnique(table, names);
  const places: number[] = [];
  const skipped: string[] = [];
  const cells = new Map<string, Cell[]>(names.map((name) => [name, []]));
  // A value stands in many rows: one text for all of them, and none that keeps a piece of the file
  // alive.
  const texts = new Map<string, string>();
  const kept = (text: string) => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
  for await (const row of table.rows(names, (line) => skipped.push(line))) {
    if (places.length % 4096 === 0) signal?.throwIfAborted();
    places.push(row.place);
    for (const [name, column] of cells) {
      const cell = row.cell(name);
      column.push(typeof cell === "string" ? kept(cell) : cell.map(kept));
    }
  }
  if (places.length === 0) {
    throw new CsnError(`Cannot use the table ${table.file}: it has columns but no row`);
  }
  for (const [name, column] of cells) {
    const isUnknown = !table.columns.includes(name) && column.every((cell) => cell === "");
    if (isUnknown) throw noColumn(table, name);
  }
  const thousandPoints = new Map<string, string>();
  for (const [name, column] of table.mayHaveThousandPoints ? cells : []) {
    const number = withThousandPoints(column);
    if (number !== null) thousandPoints.set(name, number);
  }
  const understood = [...table.understood];
  if (table.mayHaveDecimalCommas) {
    for (const [name, column] of cells) {
      const numbers = withDecimalPoints(table.file, name, places, column);
      if (numbers === null) continue;
      cells.set(name, numbers);
      understood.push(`the numbers of column "${name}" have decimal commas`);
    }
  }
  const rounded = names.filter((name) => table.rounded?.has(name));
  return {
    file: table.file,
    places,
    cells,
    embedded: table.embedded,
    rounded,
    thousandPoints,
    understood,
    skipped,
  };
}

/** The error for a column that is not there. */
export function noColumn(table: Table, name: string): CsnError {
  return new CsnError(
    `Cannot find column "${name}" in ${table.file}: it has ${
      table.columns.map((column) => `"${column}"`).join(", ")
    }`,
  );
}

function assertUnique({ file, columns }: Table, names: readonly string[]): void {
  for (const name of names) {
    if (columns.indexOf(name) === columns.lastIndexOf(name)) continue;
    throw new CsnError(
      `Cannot read column "${name}" of ${file}: two columns are called so; give each a name of its own`,
    );
  }
}
