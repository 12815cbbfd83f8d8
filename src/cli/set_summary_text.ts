import type { ValueCount } from "../sets/make/notions/value_count.ts";
import type { NotionSummary, SetSummary } from "../sets/make/set_report.ts";
import { splits } from "../sets/image_set.ts";
import { commandWords } from "./command_words.ts";
import { table } from "./format.ts";

/** Characters that the values of a notion take at most in the table. */
const valuesWidth = 90;

/**
 * The block that `make-triplets` prints before it draws: what the table was taken to say, and how
 * to change it.
 */
export function summaryText(summary: SetSummary, source: string): string {
  return [
    `${source}: ${summary.images} images (${
      splits.map((split) => `${summary.splits[split]} ${split}`).join(", ")
    })`,
    `images by ${
      summary.imageColumn === null ? "folder" : `column "${summary.imageColumn}"`
    }: ${summary.matched.rows} of ${summary.matched.of} matched, ${summary.imageColumnWhy}`,
    ...summary.understood,
    ...summary.dropped.map(({ reason, rows, examples }) =>
      `left out ${rows} ${rows === 1 ? "row" : "rows"}, ${reason}: ${examples.join(", ")}${
        rows > examples.length ? ", ..." : ""
      }`
    ),
    "",
    table(
      ["notion", "type", "known", "unknown", "values"],
      summary.notions.map((notion) => [
        notion.name,
        notion.rule.type + (notion.guessed.includes("type") ? " (guessed)" : ""),
        String(notion.known),
        unknownText(notion, summary.images),
        valuesText(notion),
      ]),
    ),
    ...summary.notions.flatMap(leftOut),
    "",
    ...summary.warnings.map((warning) => `warning: ${commandWords(warning)}`),
    `to change it: --notion COLUMN:TYPE (categorical, multi, ordinal, numeric), --rules FILE ("missing", "order", ...), --image-column; --yes takes doubtful guesses`,
    "",
  ].join("\n");
}

/** How many images are not known, and how the table spells that: "4 (empty 3, NaN 1)". */
function unknownText({ known, unknown, droppedValues }: NotionSummary, images: number): string {
  const spelt = unknown.map(({ value, images }) => ({ name: value || "empty", images }));
  const rare = droppedValues.reduce((sum, { images }) => sum + images, 0);
  const all = [...spelt, ...(rare > 0 ? [{ name: "too rare", images: rare }] : [])];
  const why = all.length === 1
    ? all[0].name
    : all.map(({ name, images }) => `${name} ${images}`).join(", ");
  return `${images - known}${why === "" ? "" : ` (${why})`}`;
}

function valuesText({ rule, values, bins }: NotionSummary): string {
  if (bins !== undefined) {
    const shown = bins.map(({ from, to, images }) =>
      `${from === to ? from : `${from} to ${to}`} (${images})`
    );
    return fitted(`${bins.length} bins: `, shown);
  }
  if (rule.type === "numeric") {
    const numbers = values.map(({ value }) => Number(value));
    return `${values.length}: ${numbers.reduce((a, b) => Math.min(a, b))} to ${
      numbers.reduce((a, b) => Math.max(a, b))
    }`;
  }
  return fitted(`${values.length}: `, values.map(shownCount));
}

/** As many of the texts as fit, and how many do not. */
function fitted(before: string, texts: readonly string[]): string {
  let line = before;
  for (const [at, text] of texts.entries()) {
    const next = `${at === 0 ? "" : ", "}${text}`;
    if (at > 0 && line.length + next.length > valuesWidth) {
      return `${line} and ${texts.length - at} more`;
    }
    line += next;
  }
  return line;
}

/** Characters of a value that are shown. */
const valueWidth = 24;

function shownCount({ value, images }: ValueCount): string {
  const characters = [...value.replace(/\s+/g, " ")];
  const shown = characters.length > valueWidth
    ? characters.slice(0, valueWidth - 3).join("") + "..."
    : characters.join("");
  return `${shown} (${images})`;
}

function leftOut({ name, droppedValues }: NotionSummary): string[] {
  if (droppedValues.length === 0) return [];
  return [
    fitted(`${name}: too few images (--min-images): `, droppedValues.map(shownCount)),
  ];
}
