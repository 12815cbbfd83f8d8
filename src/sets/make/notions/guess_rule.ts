import { CsnError } from "../../../base/errors.ts";
import { Remarks } from "../remarks.ts";
import type { Cell } from "../table/table.ts";
import { quantileBorders } from "./bins.ts";
import { isDressedNumber } from "./dressed_number.ts";
import { firstSeparator, guessList } from "./guess_list.ts";
import { isNumber, keepsDigits, readsAsNumber } from "./number_text.ts";
import {
  type ColumnRule,
  type NotionRule,
  type OrdinalRule,
  type Rule,
  typeOption,
} from "./rule.ts";

/** Up to so many different numbers are steps of an order; more are measurements. */
const mostSteps = 12;

/** Bins that measurements are sorted into when nothing is said of distances. */
const defaultQuantiles = 5;

/**
 * Up to this share of texts in a column of numbers looks like slips; more like names, some of them
 * numbers.
 */
const fewTexts = 0.2;

/**
 * From this share of numbers on, some with units, commas and the like, a column is one of
 * numbers.
 */
const mostlyNumbers = 0.8;

/** Texts that a doubt names. */
const shownTexts = 5;

/** Images that each class number has at least, on average. */
const manyImages = 5;

/** Names of columns that hold class numbers, as people write them. */
const classNames = /^(label|class|cls|categor(y|ie)|cat|target|breed|species|code|cluster|id)s?$/i;

/**
 * The whole rule for a column: what `given` says, and what it leaves out guessed from the cells,
 * "" where nothing is known. Texts are categories, or several values when cells make sense as
 * lists; two different numbers are categories, up to twelve are steps, more are measurements in
 * five bins of as many images. Guesses that may be wrong are remarked on; `unknown` are the
 * spellings that the cells are empty for.
 *
 * Throws a CsnError when an order of texts would have to be guessed.
 */
export function guessRule(
  column: string,
  cells: readonly Cell[],
  given: ColumnRule = {},
  remarks: Remarks = new Remarks(),
  unknown: readonly string[] = [],
): NotionRule {
  const type = given.type ?? guessType(column, cells, given, remarks, unknown);
  const rule = ruleOf(type, column, cells, given);
  const guessed = Object.keys(rule).filter((field) =>
    !Object.hasOwn(given, field) && field !== "borders"
  );
  const { missing } = given;
  const name = given.name ?? notionName(column);
  return { name, column, rule, guessed, ...(missing === undefined ? {} : { missing }) };
}

/** Names of notions are parts of file names and flags, so blanks and the like become "_". */
function notionName(column: string): string {
  return column.replace(/[^\p{L}\p{N}_.-]+/gu, "_");
}

function guessType(
  column: string,
  cells: readonly Cell[],
  given: ColumnRule,
  remarks: Remarks,
  unknown: readonly string[],
): Rule["type"] {
  if (given.order !== undefined) return "ordinal";
  if (given.quantiles !== undefined || given.borders !== undefined) return "numeric";
  if (given.separator !== undefined) return "multi";
  if (cells.some((cell) => typeof cell !== "string")) return "multi";
  // A rule with a distance means numbers; a text among them is an error that names its row.
  if (given.alike !== undefined || given.unlike !== undefined) return "numeric";
  const values = valuesOf(cells);
  if (values.every(isNumber)) {
    if (values.length <= 2) return "categorical";
    const type = values.length <= mostSteps ? "ordinal" : "numeric";
    remarkOnClasses(column, cells as readonly string[], type, remarks);
    return type;
  }
  remarkOnTexts(column, cells as readonly string[], remarks, unknown);
  return guessList(column, cells as readonly string[], remarks) === null ? "categorical" : "multi";
}

/** Warns of numbers that look like the numbers of classes, which have no order. */
function remarkOnClasses(
  column: string,
  cells: readonly string[],
  type: "ordinal" | "numeric",
  remarks: Remarks,
): void {
  const numbers = cells.filter((cell) => cell !== "").map(Number);
  const different = [...new Set(numbers)].sort((a, b) => a - b);
  if (!different.every((number) => Number.isInteger(number) && number >= 0)) return;
  const [first, last] = [different[0], different.at(-1)!];
  const areCounted = first <= 1 && last - first === different.length - 1 &&
    numbers.length >= manyImages * different.length;
  const words = column.replace(/([a-z])([A-Z])/g, "$1 $2").split(/[^\p{L}\p{N}]+/u);
  const areNamed = classNames.test(column) || classNames.test(words.at(-1)!);
  if (!areCounted && !areNamed) return;
  const why = areCounted
    ? `its whole numbers ${first} to ${last}, ${
      Math.round(numbers.length / different.length)
    } images each, may be the numbers of classes`
    : `by its name its ${different.length} whole numbers may be those of classes`;
  const taken = type === "ordinal" ? "steps of an order" : `${defaultQuantiles} bins`;
  remarks.warn(
    `column "${column}": ${why}, but are taken as ${taken}; say ${
      typeOption(column, "categorical")
    } if they are, ${typeOption(column, type)} if not`,
  );
}

/** Doubts a column of numbers but for a few cells, and warns of codes that look like numbers. */
function remarkOnTexts(
  column: string,
  cells: readonly string[],
  remarks: Remarks,
  unknown: readonly string[],
): void {
  const known = cells.filter((cell) => cell !== "");
  const texts = known.filter((cell) => !isNumber(cell));
  const codes = texts.filter(readsAsNumber);
  if (codes.length === known.length || (codes.length > 0 && codes.length === texts.length)) {
    const lost = codes.find((code) => !keepsDigits(code));
    const advice = lost === undefined
      ? `; say ${typeOption(column, "numeric")} if they are measured`
      : "";
    remarks.warn(
      `column "${column}": its values are taken as names, not as numbers, which would not give back ${
        JSON.stringify(lost ?? codes[0])
      }${advice}`,
    );
    return;
  }
  const isSlip = codes.length === 0 && texts.length <= fewTexts * known.length &&
    valuesOf(known).length - new Set(texts).size > 2;
  if (remarkOnDressed(column, known, isSlip, remarks) || !isSlip) return;
  const counts = [...Map.groupBy(texts, (text) => text)]
    .sort(([, a], [, b]) => b.length - a.length);
  const shown = counts.slice(0, shownTexts).map(([text, all]) =>
    `${all.length} ${all.length === 1 ? "is" : "are"} ${JSON.stringify(text)}`
  );
  remarks.doubt(
    `column "${column}": ${known.length - texts.length} of ${known.length} values are numbers, ${
      shown.join(", ")
    }${counts.length > shownTexts ? ", ..." : ""}; all would be categories. Say \`rules: {${
      JSON.stringify(column)
    }: {"missing": ${
      JSON.stringify([...counts.slice(0, shownTexts).map(([text]) => text), ...unknown])
    }}}\` if that is no value, ${typeOption(column, "categorical")} if it is`,
  );
}

/**
 * Remarks on numbers with a unit, a currency or a comma, which are texts here; whether the
 * column holds such.
 */
function remarkOnDressed(
  column: string,
  known: readonly string[],
  areFew: boolean,
  remarks: Remarks,
): boolean {
  const dressed = known.filter(isDressedNumber);
  const numbers = dressed.length + known.filter(isNumber).length;
  const different = new Set(known).size;
  if (dressed.length === 0 || numbers < mostlyNumbers * known.length || different <= 2) {
    return false;
  }
  const text = `column "${column}": ${numbers} of ${known.length} values such as ${
    JSON.stringify(dressed[0])
  } look like numbers that are written for people, but are taken as categories, any two of which are unlike; write plain numbers such as 1200.5 into the table, with the unit in the column's name, or say ${
    typeOption(column, "categorical")
  } if they are names`;
  // A few may well be sizes or classes.
  if (areFew || different > mostSteps) remarks.doubt(text);
  else remarks.warn(text);
  return true;
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
      const { tableSeparator } = given;
      const separator = given.separator ?? guessList(column, cells, new Remarks()) ??
        firstSeparator(cells) ?? ";";
      return { type, separator, ...(tableSeparator === undefined ? {} : { tableSeparator }) };
    }
    case "ordinal": {
      const order = given.order ?? orderOf(column, cells);
      return { type, order, ...distances(given, order.length) } satisfies OrdinalRule;
    }
    case "numeric": {
      // A rule with a distance means the column's unit.
      const isMeasured = given.quantiles === undefined && given.borders === undefined &&
        (given.alike !== undefined || given.unlike !== undefined);
      if (isMeasured) return { type, ...measured(column, given) };
      const quantiles = given.quantiles ?? given.borders?.length ?? defaultQuantiles;
      const numbers = cells.flat().filter(readsAsNumber).map(Number);
      const borders = given.borders ?? quantileBorders(numbers, quantiles);
      return {
        type,
        ...(given.borders !== undefined && given.quantiles === undefined ? {} : { quantiles }),
        borders,
        ...distances(given, borders.length + 1),
      };
    }
  }
}

/**
 * In steps: equal is alike; two apart are unlike where there are enough steps, because neighbours
 * are hard to distinguish.
 */
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

function valuesOf(cells: readonly Cell[]): string[] {
  return [...new Set(cells.flatMap((cell) => cell))].filter((value) => value !== "");
}
