import { CsnError } from "../../../base/errors.ts";
import { withDecimalPoints, withThousandPoints } from "./decimal_commas.ts";
import type { Cell, Table, TableRow } from "./table.ts";

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
  assertNames(table, names);
  const loader = new ColumnLoader(table, names);
  let rows = 0;
  for await (const row of table.rows(names, (line) => loader.skip(line))) {
    if (rows++ % 4096 === 0) signal?.throwIfAborted();
    loader.add(row);
  }
  return loader.finish(names);
}

/** Gathers some columns of a table while its rows are gone through. */
export class ColumnLoader {
  readonly #table: Table;
  readonly #places: number[] = [];
  readonly #skipped: string[] = [];
  readonly #columns: ReadonlyMap<string, LoadedColumn>;

  /** `names` are the columns to gather; those that the table lacks are empty. */
  constructor(table: Table, names: readonly string[]) {
    this.#table = table;
    this.#columns = new Map(names.map((name) => [name, new LoadedColumn()]));
  }

  add(row: TableRow): void {
    this.#places.push(row.place);
    for (const [name, column] of this.#columns) column.add(row.cell(name));
  }

  /** Notes a line that is left out. */
  skip(line: string): void {
    this.#skipped.push(line);
  }

  /** The cells gathered of a column; null for one that is not gathered. */
  cellsOf(name: string): readonly Cell[] | null {
    return this.#columns.get(name)?.cells ?? null;
  }

  /**
   * The columns `names`: those gathered here, and `others`. Throws as `loadColumns` does.
   */
  finish(
    names: readonly string[],
    others: ReadonlyMap<string, readonly Cell[]> = new Map(),
  ): Columns {
    const [table, places] = [this.#table, this.#places];
    assertNames(table, names);
    if (places.length === 0) {
      throw new CsnError(`Cannot use the table ${table.file}: it has columns but no row`);
    }
    const cells = new Map(names.map((name) => [name, this.cellsOf(name) ?? others.get(name)!]));
    for (const [name, column] of cells) {
      const isUnknown = !table.columns.includes(name) && column.every((cell) => cell === "");
      if (isUnknown) throw noColumn(table, name);
    }
    const thousandPoints = thousandPointsOf(table, cells);
    const understood = [...table.understood, ...turnDecimalCommas(table, places, cells)];
    return {
      file: table.file,
      places,
      cells,
      embedded: table.embedded,
      rounded: names.filter((name) => table.rounded?.has(name)),
      thousandPoints,
      understood,
      skipped: this.#skipped,
    };
  }
}

/** Up to so many different texts of a column are looked up; more are likely each row's own. */
const mostTexts = 20_000;

/** The cells of a column; a value that stands in many rows is one text for all of them. */
class LoadedColumn {
  readonly cells: Cell[] = [];
  #texts: Map<string, string> | null = new Map();

  add(cell: Cell): void {
    this.cells.push(
      typeof cell === "string" ? this.#once(cell) : cell.map((text) => this.#once(text)),
    );
  }

  #once(text: string): string {
    if (this.#texts === null) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size === mostTexts) this.#texts = null;
    else this.#texts.set(text, text);
    return text;
  }
}

function thousandPointsOf(
  table: Table,
  cells: ReadonlyMap<string, readonly Cell[]>,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, column] of table.mayHaveThousandPoints ? cells : []) {
    const number = withThousandPoints(column);
    if (number !== null) found.set(name, number);
  }
  return found;
}

/** Gives columns of numbers with decimal commas decimal points; says which. */
function turnDecimalCommas(
  table: Table,
  places: readonly number[],
  cells: Map<string, readonly Cell[]>,
): string[] {
  const understood: string[] = [];
  for (const [name, column] of table.mayHaveDecimalCommas ? cells : []) {
    const numbers = withDecimalPoints(table.file, name, places, column);
    if (numbers === null) continue;
    cells.set(name, numbers);
    understood.push(`the numbers of column "${name}" have decimal commas`);
  }
  return understood;
}

/** The error for a column that is not there. */
export function noColumn(table: Table, name: string): CsnError {
  return new CsnError(
    `Cannot find column "${name}" in ${table.file}: it has ${
      table.columns.map((column) => `"${column}"`).join(", ")
    }`,
  );
}

function assertNames(table: Table, names: readonly string[]): void {
  const missing = names.find((name) => !table.columns.includes(name));
  if (missing !== undefined && !table.mayHaveMore) throw noColumn(table, missing);
  assertUnique(table, names);
}

function assertUnique({ file, columns }: Table, names: readonly string[]): void {
  for (const name of names) {
    if (columns.indexOf(name) === columns.lastIndexOf(name)) continue;
    throw new CsnError(
      `Cannot read column "${name}" of ${file}: two columns are called so; give each a name of its own`,
    );
  }
}
