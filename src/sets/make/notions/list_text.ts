/**
 * Entities of HTML as scraped tables hold them: `&amp;`, `&#39;`, `&eacute;`. Names are listed,
 * because "M&Ms; Mars" holds none.
 */
const entity = new RegExp(
  "&(?:#\\d+|#x[\\da-f]+|amp|lt|gt|quot|apos|nbsp|copy|reg|trade|deg|euro|pound|yen|cent|sect|para|" +
    "middot|bull|hellip|[nm]dash|[lr]s?a?quo|[lr]dquo|sbquo|bdquo|times|divide|plusmn|micro|frac\\d\\d|" +
    "sup[123]|ord[fm]|iexcl|iquest|shy|szlig|eth|thorn|(?:ae|oe)lig|" +
    "[a-z](?:acute|grave|circ|uml|tilde|cedil|ring|slash|caron));",
  "gi",
);

/**
 * Splits a text at a separator: trimmed, without empty parts. A `;` that ends an HTML entity does
 * not count.
 */
export function splitText(text: string, separator: string): string[] {
  const parts = separator === ";" && text.includes("&")
    ? text.replace(entity, (found) => found.slice(0, -1) + "\0").split(";")
      .map((part) => part.replaceAll("\0", ";"))
    : text.split(separator);
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** What of a list that a program printed is no text. */
const printedNothing = new Set(["None", "null", "NULL", "nan", "NaN", "NA"]);

/** An item of a printed list: a quoted text, a number or a word that stands for a value. */
const printedItem =
  /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|True|False|true|false|None|null|NULL|nan|NaN|NA))\s*/sy;

/** An item of a PostgreSQL array, which quotes only what needs it. */
const bareItem = /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,{}"'\\:=](?:[^,{}"'\\:=]*[^\s,{}"'\\:=])?))\s*/sy;

/**
 * The values of a list that a program printed: `['a', 'b']` and `{'a', 'b'}` of Python, `["a",
 * "b"]` of JSON, `['a' 'b']` of NumPy, `{a,b}` of PostgreSQL. Null for any other text.
 */
export function parsePrintedList(text: string): string[] | null {
  const trimmed = text.trim();
  if (trimmed === "set()") return [];
  const [open, close] = [trimmed[0], trimmed.at(-1)];
  if (trimmed.length < 2 || close !== closing[open]) return null;
  const inner = trimmed.slice(1, -1);
  return itemsOf(inner, printedItem, open === "[") ??
    (open === "{" ? itemsOf(inner, bareItem, false) : null);
}

/** Whether a text looks as if a program had printed a list: brackets around quotes or commas. */
export function looksPrinted(text: string): boolean {
  const trimmed = text.trim();
  return closing[trimmed[0]] !== undefined && closing[trimmed[0]] === trimmed.at(-1) &&
    /^.\s*['"]|,/s.test(trimmed);
}

const closing: Readonly<Record<string, string>> = { "[": "]", "{": "}", "(": ")" };

/**
 * The items of `inner`, null when it holds anything else; NumPy puts blanks alone between them.
 */
function itemsOf(inner: string, item: RegExp, mayLackComma: boolean): string[] | null {
  const values: string[] = [];
  let at = 0;
  if (inner.trim() === "") return values;
  while (at < inner.length) {
    item.lastIndex = at;
    const found = item.exec(inner);
    if (found === null) return null;
    const quoted = found.slice(1, -1).find((group) => group !== undefined);
    const bare = found.at(-1);
    if (quoted !== undefined) values.push(unescaped(quoted));
    else if (!printedNothing.has(bare!)) values.push(bare!);
    at = item.lastIndex;
    if (inner[at] === ",") at++;
    // Two texts side by side, as NumPy prints them, need a blank between.
    else if (at < inner.length && !(mayLackComma && /\s$/.test(found[0]))) return null;
  }
  return values.map((value) => value.trim()).filter((value) => value !== "");
}

/** What stands behind a backslash, where it is not the character itself. */
const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
};

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|(.))/gs,
    (_, four?: string, two?: string, one?: string) => {
      const code = four ?? two;
      if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
      return escapes[one!] ?? one!;
    },
  );
}
