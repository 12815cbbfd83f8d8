import { shown, UsageError } from "../base/errors.ts";
import { takeText } from "./quoted_text.ts";

/** How a condition compares. */
export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** What is asked of a column's values. */
export interface Condition {
  /** The column. */
  readonly column: string;
  /** How it is compared. */
  readonly operator: Operator;
  /** With what: for `=` and `!=` one value or more, else the text of one number. */
  readonly values: readonly string[];
}

/** What is known of the images that are searched. */
export type ValueColumns = ReadonlyMap<
  string,
  /** [image]: its values, several of a column with lists, none where it is not known. */
  readonly (readonly string[])[]
>;

/** Values that a message lists at most. */
const mostListed = 20;

const orders: Readonly<Partial<Record<Operator, (a: number, b: number) => boolean>>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/**
 * Reads a condition: a column, one of = != < <= > >=, and a value, of = and != also several with
 * commas between: `gender=women`, `colour!=red,white`, `heel<=2.5`. A value that holds a comma or a
 * double quote, a column that holds one or a character of the comparisons, and either with blanks
 * around it, is written in double quotes, as JSON has texts: `"a=b"="1,5"`. Throws a UsageError for what is no condition.
 */
export function parseCondition(text: string): Condition {
  const wrong = (what: string) =>
    new UsageError(
      `Cannot search where ${
        shown(text)
      }: ${what}; write a column, one of = != < <= > >=, and a value, such as gender=women or heel<=2.5 (in double quotes where a name holds such characters)`,
    );
  const column = takeText(text, 0, /[=!<>,"]/);
  if (column === null || column.text === "") throw wrong("it does not begin with a column");
  const operator = /^(?:[!<>]=|[=<>])/.exec(text.slice(column.end))?.[0] as Operator | undefined;
  if (operator === undefined) throw wrong("no comparison follows the column");
  const values: string[] = [];
  for (let at = column.end + operator.length; at <= text.length; at++) {
    const value = takeText(text, at, /[,"]/);
    if (value === null || value.text === "" && !value.isQuoted) throw wrong("a value is missing");
    values.push(value.text);
    at = value.end;
    if (at < text.length && text[at] !== ",") throw wrong(`a value ends at ${shown(text[at])}`);
  }
  if (operator in orders && (values.length !== 1 || !isNumber(values[0]))) {
    throw wrong(`${operator} compares with one number`);
  }
  return { column: column.text, operator, values };
}

/**
 * Which images meet all of some conditions. Of a column with lists, `=` holds when one of the
 * image's values is among those named, `!=` when none is. An image whose value is not known meets
 * no condition on that column, `!=` neither. Numbers are compared as numbers, however they are
 * spelt, and texts alike in both of Unicode's forms. Throws a UsageError for a column that is not there and for a value that no image has, and
 * says what there is.
 */
export function whereOf(
  conditions: readonly Condition[],
  columns: ValueColumns,
): (index: number) => boolean {
  const tests = conditions.map((condition) => testOf(condition, columns));
  return (index) => tests.every((test) => test(index));
}

function testOf(
  condition: Condition,
  columns: ValueColumns,
): (index: number) => boolean {
  const { column } = condition;
  const cells = columns.get(column) ??
    [...columns].find(([name]) => name.normalize() === column.normalize())?.[1];
  const counts = cells === undefined ? undefined : countOf(cells);
  const { values, isNegated } = valuesMeant(condition, counts, [...columns.keys()]);
  return isNegated
    ? (index) => cells![index].length > 0 && !cells![index].some((value) => values.has(value))
    : (index) => cells![index].some((value) => values.has(value));
}

/** Which values an image must have one of; with `isNegated`, values of which none is these. */
export interface MeantValues {
  readonly values: ReadonlySet<string>;
  readonly isNegated: boolean;
}

/**
 * The values of its column that a condition means. `counts`: how often the column has each value,
 * undefined where there is no such column; `columns`: those there are. Throws as `whereOf`.
 */
export function valuesMeant(
  { column, operator, values }: Condition,
  counts: ReadonlyMap<string, number> | undefined,
  columns: readonly string[],
): MeantValues {
  const asked = `Cannot search where ${column}${operator}${values.join(",")}`;
  if (counts === undefined) {
    throw new UsageError(
      `${asked}: there is no column ${shown(column)}; there are ${columns.join(", ")}`,
    );
  }
  const order = orders[operator];
  if (order === undefined) {
    const meant = values.flatMap((value) => spellingsOf(value, counts, asked));
    return { values: new Set(meant), isNegated: operator === "!=" };
  }
  const known = [...counts.keys()];
  const odd = known.find((value) => !isNumber(value));
  if (odd !== undefined || known.length === 0) {
    throw new UsageError(
      `${asked}: ${operator} compares numbers, and ${
        odd === undefined ? "the column is empty" : `the column holds ${shown(odd)}`
      }; compare with = or !=`,
    );
  }
  const meant = known.filter((value) => order(Number(value), Number(values[0])));
  return { values: new Set(meant), isNegated: false };
}

/** A value in all the ways that the column spells it: a number may be spelt in several. */
function spellingsOf(value: string, known: ReadonlyMap<string, number>, asked: string): string[] {
  const isMeant = (each: string) =>
    each.normalize() === value.normalize() ||
    isNumber(value) && isNumber(each) && Number(each) === Number(value);
  const found = [...known.keys()].filter(isMeant);
  if (found.length > 0) return found;
  const byCount = [...known].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const listed = byCount.slice(0, mostListed).map(([each]) => each).join(", ");
  const more = byCount.length > mostListed ? ` and ${byCount.length - mostListed} more` : "";
  throw new UsageError(
    `${asked}: no image has the value ${shown(value)}; there are ${listed || "none"}${more}`,
  );
}

function countOf(cells: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of cells.flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}
