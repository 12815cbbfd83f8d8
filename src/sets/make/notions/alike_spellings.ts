import { keepsDigits, readsAsNumber } from "./number_text.ts";
import type { ValueCount } from "./value_count.ts";

/** Groups that a warning names. */
const shownGroups = 3;

/** How programs and people spell that something is so, and that it is not. */
const truths: ReadonlyMap<string, string> = new Map([
  ...["true", "t", "yes", "y", "on", "1"].map((text) => [text, "true"] as const),
  ...["false", "f", "no", "n", "off", "0"].map((text) => [text, "false"] as const),
]);

/**
 * A sentence about values that differ only by case, by blanks, by Unicode form or as spellings of
 * one number or truth value; null when there are none. They count as different values.
 */
export function alikeSpellings(values: readonly ValueCount[]): string | null {
  const areTruths = values.every(({ value }) => truths.has(plainNumber(folded(value))));
  const meaningOf = ({ value }: ValueCount) => {
    const plain = plainNumber(folded(value));
    return areTruths ? truths.get(plain)! : plain;
  };
  const groups = [...Map.groupBy(values, meaningOf).values()]
    .filter((group) => group.length > 1);
  if (groups.length === 0) return null;
  const count = groups.reduce((sum, group) => sum + group.length, 0);
  const shown = groups.slice(0, shownGroups).map((group) =>
    `${group.map(({ value, images }) => `${visible(value)} ${images}`).join(" and ")} (${
      differencesOf(group.map(({ value }) => value)).join(", ")
    })`
  );
  return `${count} values differ only by spelling, but count as different: ${shown.join("; ")}${
    groups.length > shownGroups ? `; and ${groups.length - shownGroups} more` : ""
  }; mend the table if they mean the same`;
}

/** Characters without a width, except joiners, which change letters. */
const invisible = /[\u200b\u2060\ufeff\u00ad]/g;

/** The one form of texts that differ only by case, by blanks or by Unicode form. */
export function folded(text: string): string {
  return withoutBlanks(text.normalize()).toUpperCase().toLowerCase().normalize();
}

/** The one spelling of a number: "1.0" and "01" are "1"; any other text stays. */
function plainNumber(text: string): string {
  return readsAsNumber(text) && keepsDigits(text) ? String(Number(text)) : text;
}

function withoutBlanks(text: string): string {
  return text.replace(invisible, "").replace(/\s+/g, " ").trim();
}

/** What the spellings of one value differ in. */
function differencesOf(texts: readonly string[]): string[] {
  const differ = (spelt: (text: string) => string) => new Set(texts.map(spelt)).size > 1;
  const cased = (text: string) => text.toUpperCase().toLowerCase();
  if (differ(folded)) {
    return [differ((text) => plainNumber(folded(text))) ? "truth value" : "number"];
  }
  return [
    ...(differ((text) => withoutBlanks(text.normalize())) ? ["case"] : []),
    ...(differ((text) => cased(text.normalize())) ? ["blanks"] : []),
    ...(differ((text) => cased(withoutBlanks(text))) ? ["Unicode form"] : []),
  ];
}

/** In quotes, with unusual blanks and combining marks as their codes. */
function visible(text: string): string {
  return JSON.stringify(text).replace(
    /[^\S ]|[\u200b\u2060\ufeff\u00ad]|\p{M}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
