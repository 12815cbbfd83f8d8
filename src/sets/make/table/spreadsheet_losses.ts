import type { Cell } from "./table.ts";

/** Digits that spreadsheets keep of a number. */
const keptDigits = 15;

/** Numbers by chance end in so many zeros less often than once in a thousand columns. */
const fewestZeros = 3;

/**
 * What a spreadsheet seems to have taken from the whole numbers of a column, in words: it shows
 * long ones as 1.23457E+11, which is what it then writes into a CSV file, and puts zeros for all
 * digits after the fifteenth. Null where nothing seems lost.
 */
export function spreadsheetLoss(cells: readonly Cell[]): string | null {
  const texts = cells.flat();
  const short = texts.filter((text) => /^-?\d(?:[.,]\d+)?E\+\d{2,}$/.test(text));
  if (short.length > 0) {
    return `${cellCount(short)} as a spreadsheet shortens whole numbers, such as ${
      short[0]
    }; ${remedy}`;
  }
  const long = texts.filter((text) => /^-?\d+$/.test(text) && digitsOf(text).length > keptDigits);
  const ends = [...new Set(long)].map((text) => digitsOf(text).slice(keptDigits));
  const zeros = ends.reduce((sum, end) => sum + end.length, 0);
  if (zeros < fewestZeros || !ends.every((end) => /^0*$/.test(end))) return null;
  return `${
    cellCount(long)
  } numbers whose digits from the sixteenth on are all 0, as a spreadsheet rounds them, such as ${
    long[0]
  }; ${remedy}`;
}

const remedy =
  "different ones may have become the same: take the table from before, or import the column as text";

function cellCount({ length }: readonly string[]): string {
  return length === 1 ? "1 cell is" : `${length} cells are`;
}

function digitsOf(text: string): string {
  return text.replace(/^-?0*/, "");
}
