import { CsnError } from "../../../base/errors.ts";
import { type Cell, placeName } from "./table.ts";
import { isUnknownText } from "./unknown_text.ts";

/** A number with a decimal comma, such as 2,5 or 1.234,5. */
const withComma = /^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+(?:e[+-]?\d+)?$/i;

/** A number without a comma. */
const withoutComma = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** A number that may have a point before decimals or between thousands. */
const ambiguous = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;

/**
 * Up to this share of texts a column counts as one of numbers; what the texts are is asked later.
 */
const fewTexts = 0.2;

/**
 * A column's numbers with decimal points when they are written with decimal commas, else null:
 * when no cell is such a number, or many are neither numbers nor unknown.
 *
 * Throws a CsnError for a column that has numbers with a comma and others with a point alone, in
 * which 1.234 is ambiguous.
 */
export function withDecimalPoints(
  file: string,
  column: string,
  places: readonly number[],
  cells: readonly Cell[],
): Cell[] | null {
  let [comma, point, texts, known] = [-1, -1, 0, 0];
  for (const [row, cell] of cells.entries()) {
    if (typeof cell !== "string") return null;
    if (isUnknownText(cell)) continue;
    known++;
    if (withComma.test(cell)) comma = row;
    else if (withoutComma.test(cell)) point = cell.includes(".") ? row : point;
    else texts++;
  }
  if (comma === -1 || texts > fewTexts * known) return null;
  if (point !== -1) {
    throw new CsnError(
      `Cannot read the numbers of column "${column}": ${placeName(file, places[comma])} has ${
        cells[comma]
      }, ${placeName(file, places[point])} has ${
        cells[point]
      }; write all of them with a decimal point, or all with a decimal comma and no other sign`,
    );
  }
  return (cells as readonly string[]).map((cell) =>
    withComma.test(cell) ? cell.replaceAll(".", "").replace(",", ".") : cell
  );
}

/**
 * A number such as 1.234 of a column without decimal commas, when the points of all its numbers
 * may stand between thousands, as in a table from Excel where the comma is the decimal sign;
 * null when one cannot, or none has a point.
 */
export function withThousandPoints(cells: readonly Cell[]): string | null {
  const known = cells.filter((cell) => typeof cell !== "string" || !isUnknownText(cell));
  if (!known.every((cell) => typeof cell === "string" && withoutComma.test(cell))) return null;
  const withPoint = (known as string[]).filter((cell) => cell.includes("."));
  return withPoint.length > 0 && withPoint.every((cell) => ambiguous.test(cell))
    ? withPoint[0]
    : null;
}
