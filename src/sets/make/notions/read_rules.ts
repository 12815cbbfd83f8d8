import { isObject, isText } from "../../../base/json_values.ts";
import { CsnError, messageOf, shown } from "../../../base/errors.ts";
import { readHead, readText } from "../table/read_text.ts";
import type { ColumnRule } from "./rule.ts";

/** What each field of a rule must be. */
const fields: Readonly<
  Record<keyof ColumnRule, [check: (value: unknown) => boolean, right: string]>
> = {
  type: [
    (value) => ["categorical", "multi", "ordinal", "numeric"].includes(value as string),
    `"categorical", "multi", "ordinal" or "numeric"`,
  ],
  separator: [(value) => isText(value), `a text such as ";"`],
  tableSeparator: [(value) => isText(value), `a text such as ";"`],
  order: [isOrder, "a list of at least two different texts, from the lowest to the highest"],
  alike: [isDistance, "a number of at least 0"],
  unlike: [isDistance, "a number above alike"],
  quantiles: [
    (value) => Number.isSafeInteger(value) && (value as number) >= 2,
    "a whole number from 2 on",
  ],
  borders: [isAscending, "a list of numbers, each above the one before"],
  missing: [
    (value) => Array.isArray(value) && value.every((one) => isText(one) || Number.isFinite(one)),
    `a list of texts and numbers such as ["-1", "unknown"]; empty cells are missing anyway`,
  ],
  name: [(value) => isText(value), "the notion's name"],
};

/** Fields that a type of rule has no use for. */
const foreign: Readonly<Record<string, readonly (keyof ColumnRule)[]>> = {
  categorical: [
    "separator",
    "tableSeparator",
    "order",
    "alike",
    "unlike",
    "quantiles",
    "borders",
  ],
  multi: ["order", "alike", "unlike", "quantiles", "borders"],
  ordinal: ["separator", "tableSeparator", "quantiles", "borders"],
  numeric: ["separator", "tableSeparator", "order"],
};

/** Reads a JSON file of rules by column. Throws a CsnError that names file, column and field. */
export async function readRules(file: string): Promise<Record<string, ColumnRule>> {
  let parsed: unknown;
  try {
    // With a byte order mark, too: editors and shells of Windows write one.
    const { encoding } = await readHead(file);
    let text = "";
    for await (const piece of readText(file, encoding)) text += piece;
    parsed = JSON.parse(text);
    assertUniqueNames(text, file);
  } catch (error) {
    if (error instanceof CsnError) throw error;
    const found = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : error instanceof SyntaxError
      ? `it is no JSON (${
        messageOf(error)
      }), which has no comments and no comma behind the last entry`
      : messageOf(error);
    throw new CsnError(`Cannot read the rules ${file}: ${found}`, { cause: error });
  }
  return checkRules(parsed, file);
}

/**
 * Refuses a name that stands twice in an object of a JSON text: JSON.parse silently takes the
 * last.
 */
function assertUniqueNames(text: string, file: string): void {
  const open: Set<unknown>[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (token.endsWith(":")) {
      const name = JSON.parse(token.slice(0, -1));
      if (open.at(-1)!.has(name)) {
        throw new CsnError(
          `Cannot use the rules in ${file}: ${
            shown(name)
          } stands twice in one object; keep one of them`,
        );
      }
      open.at(-1)!.add(name);
    }
  }
}

/** Checks rules by column; `from` names where they come from in errors. */
export function checkRules(rules: unknown, from: string): Record<string, ColumnRule> {
  if (!isObject(rules)) {
    throw new CsnError(
      `Cannot use the rules in ${from}: they are no JSON object; write one such as {"heel": {"type": "numeric", "alike": 0, "unlike": 2}}`,
    );
  }
  for (const [column, rule] of Object.entries(rules)) checkRule(column, rule, from);
  return rules as Record<string, ColumnRule>;
}

function checkRule(column: string, rule: unknown, from: string): void {
  const wrong = (what: string) =>
    new CsnError(`Cannot use the rules in ${from}: column ${shown(column)}: ${what}`);
  if (!isObject(rule)) throw wrong(`the rule is ${shown(rule)}; it should be an object`);
  for (const [field, value] of Object.entries(rule)) {
    if (!Object.hasOwn(fields, field)) {
      throw wrong(
        `there is no field ${shown(field)}; fields are ${Object.keys(fields).join(", ")}`,
      );
    }
    const [check, right] = fields[field as keyof ColumnRule];
    if (!check(value)) throw wrong(`"${field}" is ${shown(value)}; it should be ${right}`);
    if (foreign[rule.type as string]?.includes(field as keyof ColumnRule)) {
      throw wrong(`"${field}" has no meaning for the type ${shown(rule.type)}; leave it out`);
    }
  }
  const { alike, unlike } = rule as ColumnRule;
  if (alike !== undefined && unlike !== undefined && unlike <= alike) {
    throw wrong(`"unlike" is ${unlike} and "alike" ${alike}; unlike must be the larger one`);
  }
}

function isDistance(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isAscending(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(Number.isFinite) &&
    value.every((number, at) => at === 0 || number > value[at - 1]);
}

function isOrder(value: unknown): boolean {
  return Array.isArray(value) && value.length > 1 && value.every(isText) &&
    new Set(value).size === value.length;
}
