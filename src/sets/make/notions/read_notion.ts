import { CsnError } from "../../../base/errors.ts";
import type { Remarks } from "../remarks.ts";
import type { Columns } from "../table/load_columns.ts";
import { type Cell, cellError } from "../table/table.ts";
import type { ValueCount } from "./value_count.ts";
import { guessRule } from "./guess_rule.ts";
import { parsePrintedList, splitText } from "./list_text.ts";
import { Missing } from "./missing.ts";
import type { ColumnRule, MultiRule, NotionRule } from "./rule.ts";

/** A notion and its column's cells as they are compared. */
export interface ReadNotion {
  readonly notion: NotionRule;
  /** The column alone: "" where nothing is known, a list of values for the type "multi". */
  readonly columns: Columns;
  /** How what is not known is spelt, and how many images have it so; "" for empty cells. */
  readonly unknown: readonly ValueCount[];
}

/**
 * Separators of values in attributes.csv, the most usual first; the last is no character of texts.
 */
const storable = [";", "|", ",", "/", "\t", "\u001f"];

/**
 * Reads the cells of a column: what is missing, which lists a program printed, and by what rule
 * images are compared. `rows` are those that have an image; only they are looked at.
 *
 * Throws a CsnError for a rule that the cells contradict.
 */
export function readNotion(
  column: string,
  columns: Columns,
  rows: readonly number[],
  given: ColumnRule,
  remarks: Remarks,
): ReadNotion {
  const cells = [...columns.cells.get(column)!];
  const missing = new Missing(given.missing, given.order);
  const read = (change: (cell: Cell) => Cell) => {
    for (const row of rows) cells[row] = change(cells[row]);
  };
  // Lists are cleaned once they are split.
  read((cell) => typeof cell === "string" ? missing.clean(cell) : cell);
  assertWritable(column, columns, rows, cells);
  const lists = mayBeLists(given) ? printedLists(rows.map((row) => cells[row])) : null;
  if (lists !== null) read((cell) => typeof cell === "string" ? lists.get(cell) ?? cell : cell);
  const spellings = missing.found.map(({ value }) => value).filter((value) => value !== "");
  const guessed = guessRule(column, rows.map((row) => cells[row]), given, remarks, spellings);
  const notion = guessed.rule.type === "multi"
    ? partCells(guessed as NotionRule & { rule: MultiRule }, rows, cells, given, remarks)
    : guessed;
  // Parts of a list may be missing too.
  if (notion.rule.type === "multi") read((cell) => cell === "" ? cell : missing.clean(cell));
  return {
    notion,
    columns: { ...columns, cells: new Map([[column, cells]]) },
    unknown: missing.found,
  };
}

function mayBeLists({ type, order, quantiles, borders }: ColumnRule): boolean {
  return type === undefined
    ? order === undefined && quantiles === undefined && borders === undefined
    : type === "multi";
}

/** The values of each text, when every cell that is not empty is a list that a program printed. */
function printedLists(cells: readonly Cell[]): ReadonlyMap<string, readonly string[]> | null {
  const lists = new Map<string, readonly string[]>();
  for (const cell of cells) {
    if (typeof cell !== "string") return null;
    if (cell === "" || lists.has(cell)) continue;
    const values = parsePrintedList(cell);
    if (values === null) return null;
    lists.set(cell, values);
  }
  return lists.size === 0 ? null : lists;
}

/** Makes every cell a list, and chooses the separator of values in attributes.csv. */
function partCells(
  notion: NotionRule & { readonly rule: MultiRule },
  rows: readonly number[],
  cells: Cell[],
  given: ColumnRule,
  remarks: Remarks,
): NotionRule {
  const { rule, column } = notion;
  const inTable = rule.tableSeparator ?? rule.separator;
  const texts = rows.map((row) => cells[row]).filter((cell) =>
    typeof cell === "string"
  ) as string[];
  const hasLists = rows.some((row) => typeof cells[row] !== "string");
  // A text beside lists is one value, unless the rule says how texts are split.
  const isParted = !hasLists || given.separator !== undefined;
  if (!isParted) doubtTexts(column, rows.length - texts.length, texts, remarks);
  // Cells that say the same share one list.
  const lists = new Map<Cell, Cell>([["", ""]]);
  const listOf = (cell: Cell) => {
    const values = typeof cell !== "string" ? cell : isParted ? splitText(cell, inTable) : [cell];
    return [...new Set(values.map((value) => value.trim()))].sort();
  };
  for (const row of rows) cells[row] = lists.getOrInsertComputed(cells[row], listOf);
  const values = new Set([...lists.values()].flat());
  const isFree = (separator: string) => !values.values().some((value) => value.includes(separator));
  if (isFree(rule.separator)) return notion;
  const separator = storable.find(isFree);
  if (separator === undefined) {
    throw new CsnError(
      `Cannot keep the lists of column "${column}": their values hold every separator that could be used (${
        storable.slice(0, 4).join(" ")
      } and others); take one out of the values`,
    );
  }
  const areTexts = texts.some((text) => text !== "") && isParted;
  return {
    ...notion,
    rule: { ...rule, separator, ...(areTexts ? { tableSeparator: inTable } : {}) },
  };
}

function doubtTexts(
  column: string,
  lists: number,
  texts: readonly string[],
  remarks: Remarks,
): void {
  const divided = texts.filter((text) => /[;|]/.test(text));
  if (divided.length === 0) return;
  remarks.doubt(
    `column "${column}": ${lists} cells are lists, and ${divided.length} are texts such as ${
      JSON.stringify(divided[0])
    }, each taken as one value; say "separator" in its rule if they are lists too`,
  );
}

/** Refuses a text that UTF-8 cannot hold: it would not come back from attributes.csv. */
function assertWritable(
  column: string,
  { file, places }: Columns,
  rows: readonly number[],
  cells: readonly Cell[],
): void {
  for (const row of rows) {
    const wrong = [cells[row]].flat().find((text) =>
      !text.isWellFormed() || text.includes("\ufffd")
    );
    if (wrong === undefined) continue;
    throw cellError(
      file,
      places[row],
      column,
      `${JSON.stringify(wrong)} holds a broken character; mend the text's encoding`,
    );
  }
}
