import type { Remarks } from "../remarks.ts";
import type { Cell } from "../table/table.ts";
import { looksPrinted, parsePrintedList, splitText } from "./list_text.ts";
import { typeOption } from "./rule.ts";

/** Separators that are looked for in cells, the likeliest first. */
const separators = [";", "|"];

/** Share of a column's cells that hold a list, where parts may be seen once. */
const manyLists = 0.1;

/** The separator that parts a cell's values; null when cells do not make sense as lists. Doubts are remarked on. */
export function guessList(
  column: string,
  cells: readonly Cell[],
  remarks: Remarks,
): string | null {
  const known = cells.filter((cell) => typeof cell === "string" && cell !== "") as string[];
  const sensible = separators.find((separator) => areLists(known, separator));
  if (sensible !== undefined) return sensible;
  doubtPrinted(column, known, remarks);
  const separator = firstSeparator(known);
  if (separator !== null) {
    const lists = known.filter((cell) => splitText(cell, separator).length > 1);
    remarks.doubt(
      `column "${column}": ${lists.length} of ${known.length} cells hold "${separator}", such as ${
        JSON.stringify(lists[0])
      }, but their parts hardly recur, so that each is taken as one value; say ${
        typeOption(column, "multi")
      } if "${separator}" parts values, ${typeOption(column, "categorical")} if not`,
    );
  } else if (areLists(known, ",")) {
    const list = known.find((cell) => splitText(cell, ",").length > 1);
    remarks.warn(
      `column "${column}": cells such as ${
        JSON.stringify(list)
      } may be lists, but each is taken as one value; if "," parts values, say {"${column}": {"type": "multi", "separator": ","}} in --rules`,
    );
  }
  return null;
}

/** The first separator that parts any cell, sensible or not. */
export function firstSeparator(cells: readonly Cell[]): string | null {
  return separators.find((separator) =>
    cells.some((cell) => typeof cell === "string" && splitText(cell, separator).length > 1)
  ) ?? null;
}

/** Whether most parts recur in other cells, and lists are many, or all parts recur. */
function areLists(cells: readonly string[], separator: string): boolean {
  const lists = cells.filter((cell) => splitText(cell, separator).length > 1);
  if (lists.length === 0) return false;
  const cellsOf = new Map<string, number>();
  for (const cell of new Set(cells)) {
    for (const part of new Set(splitText(cell, separator))) {
      cellsOf.set(part, (cellsOf.get(part) ?? 0) + 1);
    }
  }
  const parts = [...new Set(lists.flatMap((cell) => splitText(cell, separator)))];
  const recurring = parts.filter((part) => cellsOf.get(part)! > 1).length;
  return recurring === parts.length ||
    (2 * recurring >= parts.length && lists.length >= manyLists * cells.length);
}

/** Texts that look like printed lists, where not all cells are such. */
function doubtPrinted(column: string, cells: readonly string[], remarks: Remarks): void {
  const printed = cells.filter((cell) => looksPrinted(cell));
  if (printed.length < manyLists * cells.length || printed.length === 0) return;
  const other = cells.find((cell) => parsePrintedList(cell) === null);
  remarks.doubt(
    `column "${column}": ${printed.length} of ${cells.length} cells look like lists that a program printed, such as ${
      JSON.stringify(printed[0])
    }, but ${
      JSON.stringify(other)
    } cannot be read as one, so that each cell is taken as one value; write lists of JSON or parted by ";", or say ${
      typeOption(column, "categorical")
    }`,
  );
}
