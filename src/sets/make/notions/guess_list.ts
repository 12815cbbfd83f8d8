import type { Remarks } from "../remarks.ts";
import type { Cell } from "../table/table.ts";
import { looksPrinted, parsePrintedList, splitText } from "./list_text.ts";
import { typeOption } from "./rule.ts";

/** Separators that are looked for in cells, the likeliest first. */
const separators = [";", "|"];

/** Share of a column's cells that hold a list, where parts may be seen once. */
const manyLists = 0.1;

/**
 * The separator of a cell's values; null when cells do not make sense as lists. Doubts are
 * remarked on.
 */
export function guessList(
  column: string,
  cells: readonly Cell[],
  remarks: Remarks,
): string | null {
  const known = countTexts(cells);
  const sensible = separators.find((separator) => areLists(known, separator));
  if (sensible !== undefined) return sensible;
  doubtPrinted(column, known, remarks);
  const separator = firstSeparator([...known.keys()]);
  if (separator !== null) {
    const lists = listsOf(known, separator);
    remarks.doubt(
      `column "${column}": ${sumOf(known, lists)} of ${
        sumOf(known)
      } cells hold "${separator}", such as ${
        JSON.stringify(lists[0])
      }, but their parts hardly recur, so each cell is taken as one value; say ${
        typeOption(column, "multi")
      } if "${separator}" separates values, ${typeOption(column, "categorical")} if not`,
    );
  } else if (areLists(known, ",")) {
    const [list] = listsOf(known, ",");
    remarks.warn(
      `column "${column}": cells such as ${
        JSON.stringify(list)
      } may be lists, but each is taken as one value; if "," separates values, say \`rules: {${
        JSON.stringify(column)
      }: {"type": "multi", "separator": ","}}\``,
    );
  }
  return null;
}

/** The first separator that splits any cell, sensible or not. */
export function firstSeparator(cells: readonly Cell[]): string | null {
  return separators.find((separator) =>
    cells.some((cell) => typeof cell === "string" && splitText(cell, separator).length > 1)
  ) ?? null;
}

/** Different texts, and how many cells hold each. */
type TextCounts = ReadonlyMap<string, number>;

function countTexts(cells: readonly Cell[]): TextCounts {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    if (typeof cell === "string" && cell !== "") counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  return counts;
}

/** Cells that hold any of the texts. */
function sumOf(counts: TextCounts, texts: Iterable<string> = counts.keys()): number {
  let sum = 0;
  for (const text of texts) sum += counts.get(text)!;
  return sum;
}

function listsOf(counts: TextCounts, separator: string): string[] {
  return [...counts.keys()].filter((text) => splitText(text, separator).length > 1);
}

/** Whether most parts recur in other texts, and lists are many, or all parts recur. */
function areLists(counts: TextCounts, separator: string): boolean {
  const lists = listsOf(counts, separator);
  if (lists.length === 0) return false;
  const textsOf = new Map<string, number>();
  for (const text of counts.keys()) {
    for (const part of new Set(splitText(text, separator))) {
      textsOf.set(part, (textsOf.get(part) ?? 0) + 1);
    }
  }
  const parts = [...new Set(lists.flatMap((text) => splitText(text, separator)))];
  const recurring = parts.filter((part) => textsOf.get(part)! > 1).length;
  return recurring === parts.length ||
    (2 * recurring >= parts.length && sumOf(counts, lists) >= manyLists * sumOf(counts));
}

/** Texts that look like printed lists, where not all cells are such. */
function doubtPrinted(column: string, counts: TextCounts, remarks: Remarks): void {
  const printed = [...counts.keys()].filter(looksPrinted);
  const [found, known] = [sumOf(counts, printed), sumOf(counts)];
  if (found === 0 || found < manyLists * known) return;
  const other = counts.keys().find((text) => parsePrintedList(text) === null);
  remarks.doubt(
    `column "${column}": ${found} of ${known} cells look like lists that a program printed, such as ${
      JSON.stringify(printed[0])
    }, but ${
      JSON.stringify(other)
    } cannot be read as one, so each cell is taken as one value; write lists as JSON or separated by ";", or say ${
      typeOption(column, "categorical")
    }`,
  );
}
