import type { ValueCount } from "./value_count.ts";

/** Texts that often say that nothing is known, in small letters; they may also be values. */
const words: ReadonlySet<string> = new Set([
  ...[
    "unknown",
    "unk",
    "unbekannt",
    "inconnu",
    "desconocido",
    "not known",
    "not available",
    "unspecified",
  ],
  ...[
    "not specified",
    "undefined",
    "missing",
    "null",
    "nil",
    "nan",
    "na",
    "none",
    "n.a.",
    "n.a",
    "n/d",
    "nd",
  ],
  ...[
    "tbd",
    "--",
    "---",
    "\u2013",
    "\u2014",
    ".",
    "...",
    "??",
    "???",
    "(blank)",
    "(null)",
    "[null]",
    "<null>",
  ],
  ...[
    "no data",
    "not applicable",
    "keine angabe",
    "k.a.",
    "k. a.",
    "\u672a\u77e5",
    "\u4e0d\u660e",
    "\u65e0",
  ],
]);

/** Numbers that stand for nothing where they are the only one below 0. */
const codes: ReadonlySet<number> = new Set([-1, -9, -99, -999, -9999, -99999]);

/**
 * A sentence about values of a column that may say that nothing is known, though they count as
 * values; null when there are none. `unknown` are the spellings that count as not known already.
 */
export function likelyMissing(
  column: string,
  values: readonly ValueCount[],
  unknown: readonly string[],
): string | null {
  const negative = values.filter(({ value }) => Number(value) < 0);
  const isCode = negative.length === 1 && codes.has(Number(negative[0].value)) &&
    values.some(({ value }) => Number(value) > 0);
  const found = [
    ...values.filter(({ value }) => words.has(value.toLowerCase())),
    ...(isCode ? negative : []),
  ];
  if (found.length === 0) return null;
  const shown = found.map(({ value, images }) => `${JSON.stringify(value)} (${images})`).join(", ");
  const rule = [...found.map(({ value }) => value), ...unknown];
  return `column "${column}": ${shown} ${
    found.length === 1 ? "counts as a value" : "count as values"
  }, by which images are alike; say \`rules: {${JSON.stringify(column)}: {"missing": ${
    JSON.stringify(rule)
  }}}\` if nothing is known of them`;
}
