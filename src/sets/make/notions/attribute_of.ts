import type { ValueCount } from "./value_count.ts";
import { CsnError, inLine } from "../../../base/errors.ts";
import type { Attribute } from "../../attribute.ts";
import { type Cell, cellError } from "../table/table.ts";
import type { Columns } from "../table/load_columns.ts";
import { folded } from "./alike_spellings.ts";
import { type Bin, binOf, binsOf, plainBorders } from "./bins.ts";
import { keepsDigits, readsAsNumber } from "./number_text.ts";
import type { NotionRule, NumericRule, OrdinalRule } from "./rule.ts";

/** What a notion says of every image, and how it came to that. */
export interface NotionValues {
  readonly attribute: Attribute;
  /** Each image's value as the table spells it, "" when it is not known or was dropped. */
  readonly texts: readonly string[];
  /** Values and how many images have each, by number of images and then by name. */
  readonly values: readonly ValueCount[];
  /** Values with too few images, which count as not known. */
  readonly dropped: readonly ValueCount[];
  /** Of numbers in bins: the bins. */
  readonly bins?: readonly Bin[];
}

/**
 * Applies a rule to a column: the value of each of `rows` (rows of the table, one an image).
 * Values that fewer than `minImages` images have count as not known. `unknown` is how the table
 * spells what is not known, for errors.
 *
 * Throws a CsnError that names file, row and column for a cell that the rule cannot read, and
 * one for a notion that is left with one value.
 */
export function attributeOf(
  notion: NotionRule,
  columns: Columns,
  rows: readonly number[],
  minImages: number,
  unknown: readonly ValueCount[] = [],
): NotionValues {
  const cells = columns.cells.get(notion.column)!;
  const reader = readerOf(notion, columns);
  const parts = rows.map((row) => reader(cells[row], row));
  const counts = countValues(parts);
  const isFew = (value: string) => counts.get(value)! < minImages;
  const isMeasured = notion.rule.type === "numeric";
  // Of measurements each is an image's own.
  const kept = isMeasured
    ? parts
    : parts.map((values) => values.some(isFew) ? values.filter((value) => !isFew(value)) : values);
  const list = [...counts].map(([value, images]) => ({ value, images })).sort(mostFirst);
  const values = isMeasured ? list : list.filter(({ value }) => !isFew(value));
  if (values.length < 2) {
    throw oneValue(notion, columns.file, values, list, minImages, unknown);
  }
  const borders = bordersOf(notion, kept);
  return {
    attribute: attribute(notion, kept, borders),
    texts: kept.map((values) => values.join(separatorOf(notion))),
    values,
    dropped: isMeasured ? [] : list.filter(({ value }) => isFew(value)),
    ...(borders === null ? {} : { bins: binsOf(numbersOf(kept), borders) }),
  };
}

/** Reads a cell to its values: none when nothing is known. */
type Reader = (cell: Cell, row: number) => readonly string[];

function readerOf(notion: NotionRule, { file, places }: Columns): Reader {
  const { rule, column } = notion;
  const fail = (row: number, what: string) => cellError(file, places[row], column, what);
  const single = (read: (text: string, row: number) => string): Reader => (cell, row) => {
    if (typeof cell !== "string") {
      throw fail(
        row,
        `it holds a list, which only the type "multi" can compare; set it in the rules`,
      );
    }
    return cell === "" ? [] : [read(cell, row)];
  };
  switch (rule.type) {
    case "categorical":
      return single((text) => text);
    case "multi": {
      // Cells that say the same share one list.
      const lists = new Map<Cell, readonly string[]>();
      const listOf = (cell: Cell) => {
        const texts = typeof cell === "string" ? cell.split(rule.separator) : cell;
        return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ""))].sort();
      };
      return (cell) => lists.getOrInsertComputed(cell, listOf);
    }
    case "ordinal": {
      const steps = stepsOf(rule);
      return single((text, row) => {
        const step = steps.get(text) ??
          (readsAsNumber(text) ? steps.get(String(Number(text))) : undefined);
        if (step !== undefined) return rule.order[step];
        const near = rule.order.find((value) => folded(value) === folded(text));
        throw fail(
          row,
          `${JSON.stringify(text)} is not in the order ${inLine(rule.order.join(", "))}${
            near === undefined
              ? ""
              : ` (${inLine(near)} is spelt otherwise: case, blanks or Unicode form)`
          }; add it to "order" in \`rules\`, or to "missing"`,
        );
      });
    }
    case "numeric":
      return single((text, row) => {
        if (!readsAsNumber(text)) throw fail(row, `${JSON.stringify(text)} is no number`);
        if (keepsDigits(text)) return String(Number(text));
        throw fail(
          row,
          `${text} has more digits than a number keeps; the type "categorical" compares it whole`,
        );
      });
  }
}

function stepsOf({ order }: OrdinalRule): Map<string, number> {
  return new Map(order.map((value, step) => [value, step]));
}

function countValues(parts: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const values of parts) {
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function mostFirst(a: ValueCount, b: ValueCount): number {
  return b.images - a.images || (a.value < b.value ? -1 : 1);
}

function attribute(
  { rule }: NotionRule,
  parts: readonly (readonly string[])[],
  borders: readonly number[] | null,
): Attribute {
  switch (rule.type) {
    case "categorical":
      return { kind: "categorical", values: parts.map(([value]) => value ?? "") };
    case "multi":
      return { kind: "multi", values: parts };
    case "ordinal": {
      const steps = stepsOf(rule);
      const values = parts.map(([value]) => value === undefined ? NaN : steps.get(value)!);
      return { kind: "ordinal", values, alike: rule.alike, unlike: rule.unlike };
    }
    case "numeric": {
      const numbers = numbersOf(parts);
      const values = borders === null ? numbers : numbers.map((number) => binOf(number, borders));
      return { kind: "ordinal", values, alike: rule.alike, unlike: rule.unlike };
    }
  }
}

function numbersOf(parts: readonly (readonly string[])[]): number[] {
  return parts.map(([value]) => value === undefined ? NaN : Number(value));
}

/** The borders of a notion's bins; null for a notion without bins. */
function bordersOf(
  { rule }: NotionRule,
  parts: readonly (readonly string[])[],
): readonly number[] | null {
  if (rule.type !== "numeric") return null;
  const { borders, quantiles }: NumericRule = rule;
  return borders ?? (quantiles === undefined ? null : plainBorders(numbersOf(parts), quantiles));
}

function separatorOf({ rule }: NotionRule): string {
  return rule.type === "multi" ? rule.separator : ";";
}

function oneValue(
  { name, column }: NotionRule,
  file: string,
  values: readonly ValueCount[],
  all: readonly ValueCount[],
  minImages: number,
  unknown: readonly ValueCount[],
): CsnError {
  const found = values.length === 0 ? "no value" : `the one value "${values[0].value}"`;
  const why = all.length > 1
    ? ` that at least ${minImages} images have (\`minImages\`), of ${all.length} in all`
    : "";
  const spelt = unknown.filter(({ value }) => value !== "")
    .map(({ value, images }) => `${JSON.stringify(value)} ${images}`);
  const kept = spelt.length === 0
    ? ""
    : `, or say \`rules: {${JSON.stringify(column)}: {"missing": []}}\` if ${
      spelt.join(", ")
    }, which count as not known, are values`;
  return new CsnError(
    `Cannot make the notion "${name}" from ${file}, column "${column}": it has ${found}${why}; a notion needs two, so leave the column out or fill it${kept}`,
  );
}
