import type { ImageFinder } from "../image_finder.ts";
import { hasImageEnding } from "../../../images/list_images.ts";
import { ColumnLoader, type Columns, loadColumns } from "./load_columns.ts";
import { splitNames } from "./split_names.ts";
import type { Cell, Table, TableRow } from "./table.ts";
import { isUnknownText } from "./unknown_text.ts";

/** What the cells of a column are. */
export interface ColumnFacts {
  readonly name: string;
  /** Whether another column is called so too; then it cannot be asked for. */
  readonly isDouble: boolean;
  /** Cells that are not empty. */
  readonly filled: number;
  /** Cells that end like an image file. */
  readonly paths: number;
  /** Those of them that are addresses, such as https://example.org/1.jpg. */
  readonly addresses: number;
  /** Rows whose cell names an image that is there. */
  readonly matched: number;
  /** Different images that the cells name. */
  readonly images: number;
  /** Whether the cells count on from row to row, nearly all. */
  readonly isRunning: boolean;
  /** Whether the cells are whole numbers as a counter writes them, without leading zeros. */
  readonly areWholeNumbers: boolean;
  /** The values and their counts; null when there are more than a few. */
  readonly values: ReadonlyMap<string, number> | null;
  /**
   * The image that each row names, "" for none; no longer kept when the column cannot be the
   * images'.
   */
  readonly files: readonly string[] | null;
  /** The cell of each row; kept as long as `files` is. */
  readonly cells: readonly Cell[] | null;
}

/** What was seen of a table. */
export interface TableSurvey {
  readonly file: string;
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
  /** What was gathered of the columns that are wanted. */
  readonly wanted: ColumnLoader;
}

/** How a table is surveyed. */
export interface SurveyOptions {
  /** Columns whose cells will be wanted, so that the table is not read again for them. */
  readonly wanted?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Rows after which columns that can be neither the images' nor splits are no longer looked at. */
const trial = 1000;

/** Up to so many values of a column are counted. */
const mostValues = 32;

/**
 * Looks at a table's cells: which columns name images that `finder` finds, and which may hold
 * splits. Of a column that can be neither, only the first thousand rows count.
 */
export async function surveyTable(
  table: Table,
  finder: ImageFinder,
  { wanted = [], signal }: SurveyOptions = {},
): Promise<TableSurvey> {
  const names = [...new Set(table.columns)];
  const counters = names.map((name) => new ColumnCounter(table, name, finder));
  const loader = new ColumnLoader(table, wanted.filter((name) => !table.bulky?.has(name)));
  let rows = 0;
  let live = counters;
  for await (const row of table.rows(undefined, (line) => loader.skip(line))) {
    if (rows % 4096 === 0) signal?.throwIfAborted();
    loader.add(row);
    for (const counter of live) counter.add(row, rows);
    rows++;
    if (rows === trial) live = counters.filter((counter) => counter.isWorthwhile());
  }
  return { file: table.file, rows, columns: counters, wanted: loader };
}

/**
 * The columns `names` of a table that was surveyed. It is read again when the survey has not kept
 * one of them. Throws as `loadColumns` does.
 */
export async function surveyedColumns(
  table: Table,
  { columns, wanted }: TableSurvey,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Columns> {
  const kept = new Map<string, readonly Cell[]>();
  for (const { name, cells } of columns) {
    if (cells !== null && !table.bulky?.has(name)) kept.set(name, cells);
  }
  const areThere = names.every((name) => wanted.cellsOf(name) !== null || kept.has(name));
  return areThere ? wanted.finish(names, kept) : await loadColumns(table, names, signal);
}

class ColumnCounter implements ColumnFacts {
  readonly name: string;
  readonly isDouble: boolean;
  readonly #finder: ImageFinder;
  readonly #images = new Set<string>();
  #values: Map<string, number> | null = new Map();
  #files: string[] | null = [];
  readonly #cells: Cell[] = [];
  #isReadable = true;
  #last = NaN;
  #steps = 0;
  #wholeNumbers = 0;
  filled = 0;
  paths = 0;
  addresses = 0;
  matched = 0;

  constructor(table: Table, name: string, finder: ImageFinder) {
    this.name = name;
    this.isDouble = table.columns.indexOf(name) !== table.columns.lastIndexOf(name);
    this.#finder = finder;
  }

  get images(): number {
    return this.#images.size;
  }

  get isRunning(): boolean {
    return this.filled > 1 && this.#steps >= 0.9 * (this.filled - 1);
  }

  get areWholeNumbers(): boolean {
    return this.filled > 0 && this.#wholeNumbers >= 0.9 * this.filled;
  }

  get values(): ReadonlyMap<string, number> | null {
    return this.#isReadable ? this.#values : null;
  }

  get files(): readonly string[] | null {
    return this.#isReadable ? this.#files : null;
  }

  get cells(): readonly Cell[] | null {
    return this.files === null ? null : this.#cells;
  }

  add(row: TableRow, at: number): void {
    const cell = this.#cellOf(row);
    if (this.#files !== null) this.#cells.push(cell);
    if (typeof cell !== "string" || cell === "") return;
    this.filled++;
    if (hasImageEnding(cell)) this.paths++;
    if (/^\w+:\/\//.test(cell)) this.addresses++;
    this.#countOn(cell);
    if (this.#values !== null) {
      this.#values.set(cell, (this.#values.get(cell) ?? 0) + 1);
      if (this.#values.size > mostValues) this.#values = null;
    }
    if (this.#files === null) return;
    const found = this.#finder.find(cell);
    if (found === null || "fault" in found) return;
    this.matched++;
    this.#images.add(found.file);
    while (this.#files.length < at) this.#files.push("");
    this.#files[at] = found.file;
  }

  /** Whether more rows can say more of it; drops what is of no use. */
  isWorthwhile(): boolean {
    const few = this.filled / 10;
    if (this.matched < few || (this.paths < few && this.images < few)) {
      this.#files = null;
      this.#cells.length = 0;
    }
    const values = [...this.#values?.keys() ?? []].filter((value) => !isUnknownText(value));
    const maySplit = values.length > 0 && splitNames(values).unknown.length === 0;
    return this.#isReadable && (this.#files !== null || maySplit);
  }

  /** A column of values that cannot be compared is no matter as long as nobody asks for it. */
  #cellOf(row: TableRow): Cell {
    if (!this.#isReadable) return "";
    try {
      return row.cell(this.name);
    } catch {
      this.#isReadable = false;
      return "";
    }
  }

  #countOn(cell: string): void {
    if (/^(?:0|[1-9]\d*)(?:\.0)?$/.test(cell)) this.#wholeNumbers++;
    const number = Number(cell);
    if (number === this.#last + 1) this.#steps++;
    this.#last = number;
  }
}
