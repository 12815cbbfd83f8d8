import { CsnError } from "../../errors.ts";
import type { Cell } from "../table/table.ts";
import type { ColumnRule, NotionRule, OrdinalRule, Rule } from "./rule.ts";

/** Separators that are looked for in cells, the likeliest first. */
const separators = [";", "|"];

/** Up to so many different numbers are steps of an order; more are measurements. */
const mostSteps = 12;

/** Bins that measurements are sorted into when nothing is said of distances. */
const defaultQuantiles = 5;

/**
 * The whole rule for a column: what `given` says, and what it leaves out guessed from the cells. Texts are
 * categories, or several values when a cell holds a separator; two different numbers are categories, up to
 * twelve are steps, more are measurements in five bins of as many images.
 *
 * Throws a CsnError when an order of texts would have to be guessed.
 */
export function guessRule(
  column: string,
  cells: readonly Cell[],
  given: ColumnRule = {},
): NotionRule {
  const type = given.type ?? guessType(cells, given);
  const rule = ruleOf(type, column, cells, given);
  const guessed = Object.keys(rule).filter((field) => !Object.hasOwn(given, field));
  return { name: given.name ?? notionName(column), column, rule, guessed };
}

/** Names of notions are parts of file names and flags, so blanks and the like become "_". */
function notionName(column: string): string {
  return column.replace(/[^\p{L}\p{N}_.-]+/gu, "_");
}

function guessType(cells: readonly Cell[], given: ColumnRule): Rule["type"] {
  if (given.order !== undefined) return "ordinal";
  if (given.quantiles !== undefined) return "numeric";
  if (given.separator !== undefined) return "multi";
  if (cells.some((cell) => typeof cell !== "string")) return "multi";
  const values = valuesOf(cells);
  if (!values.every(isNumber)) {
    return separators.some((separator) => isSeparator(cells, separator)) ? "multi" : "categorical";
  }
  if (given.alike !== undefined || given.unlike !== undefined) return "numeric";
  if (values.length <= 2) return "categorical";
  return values.length <= mostSteps ? "ordinal" : "numeric";
}

function ruleOf(
  type: Rule["type"],
  column: string,
  cells: readonly Cell[],
  given: ColumnRule,
): Rule {
  switch (type) {
    case "categorical":
      return { type };
    case "multi": {
      const found = separators.find((separator) => isSeparator(cells, separator));
      return { type, separator: given.separator ?? found ?? separators[0] };
    }
    case "ordinal": {
      const order = given.order ?? orderOf(column, cells);
      return { type, order, ...distances(given, order.length) } satisfies OrdinalRule;
    }
    case "numeric": {
      // Who names a distance means the column's unit.
      const isMeasured = given.quantiles === undefined &&
        (given.alike !== undefined || given.unlike !== undefined);
      if (isMeasured) return { type, ...measured(column, given) };
      const quantiles = given.quantiles ?? defaultQuantiles;
      return { type, quantiles, ...distances(given, quantiles) };
    }
  }
}

/** In steps: equal is alike; two apart are unlike where there are enough steps, for neighbours are hard to tell. */
function distances(given: ColumnRule, steps: number): { alike: number; unlike: number } {
  const alike = given.alike ?? 0;
  return { alike, unlike: given.unlike ?? alike + (steps > 3 ? 2 : 1) };
}

function measured(
  column: string,
  { alike, unlike }: ColumnRule,
): { alike: number; unlike: number } {
  if (unlike === undefined) {
    throw new CsnError(
      `Cannot make a notion of column "${column}": its rule says "alike": ${alike} but not "unlike", the smallest difference that counts as unlike; add it to the rules`,
    );
  }
  return { alike: alike ?? 0, unlike };
}

function orderOf(column: string, cells: readonly Cell[]): string[] {
  const values = valuesOf(cells);
  const word = values.find((value) => !isNumber(value));
  if (word === undefined) {
    return [...new Set(values.map(Number))].sort((a, b) => a - b).map(String);
  }
  throw new CsnError(
    `Cannot guess the order of column "${column}": ${
      JSON.stringify(word)
    } is no number; name the values from the lowest to the highest in the rules: {"${column}": {"type": "ordinal", "order": [...]}}`,
  );
}

/** Whether a cell holds parts that the separator parts, and not it alone. */
function isSeparator(cells: readonly Cell[], separator: string): boolean {
  return cells.some((cell) =>
    typeof cell === "string" &&
    cell.split(separator).filter((part) => part.trim() !== "").length > 1
  );
}

function valuesOf(cells: readonly Cell[]): string[] {
  return [...new Set(cells.flatMap((cell) => cell))].filter((value) => value !== "");
}

/** Whether a cell spells a finite number. */
export function isNumber(text: string): boolean {
  return text !== "" && Number.isFinite(Number(text));
}
