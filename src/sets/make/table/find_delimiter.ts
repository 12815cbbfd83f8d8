import { parse } from "csv-parse/sync";
import type { TextHead } from "./read_text.ts";

/** Delimiters of cells, the likeliest first; a blank only in files that are not .csv. */
const delimiters = [",", ";", "\t", "|", " "];

/** Records that are looked at. */
const sample = 50;

/** What a delimiter is called. */
export function delimiterName(delimiter: string): string {
  return delimiter === "\t" ? "a tab" : delimiter === " " ? "a blank" : `"${delimiter}"`;
}

/**
 * The delimiter of the cells of a text: the one by which most of the first lines have as many cells
 * as the very first; of several the one that gives most cells, then `likely`. With `width` the
 * lines have so many cells.
 */
export function findDelimiter(
  head: TextHead,
  likely: string,
  width?: number,
  mayBeBlank = false,
): string {
  const candidates = delimiters.filter((delimiter) => delimiter !== " " || mayBeBlank);
  const order = [likely, ...candidates.filter((delimiter) => delimiter !== likely)];
  const found = order.map((delimiter) => ({ delimiter, ...fitOf(head, delimiter, width) }))
    .filter(({ cells }) => cells > 1)
    .sort((a, b) => b.fitting - a.fitting || b.cells - a.cells);
  return found[0]?.delimiter ?? likely;
}

/** Cells of the first line, and the share of lines that have as many. */
function fitOf(
  { text, isWhole }: TextHead,
  delimiter: string,
  width?: number,
): { cells: number; fitting: number } {
  // The last line may be cut off.
  const whole = isWhole
    ? text
    : text.slice(0, Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1);
  const records = parse(whole, {
    delimiter,
    bom: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    skip_empty_lines: true,
    to: sample,
  }) as string[][];
  const cells = width ?? records[0]?.length ?? 0;
  const fitting = records.filter((record) => record.length === cells).length;
  return { cells, fitting: records.length === 0 ? 0 : fitting / records.length };
}
