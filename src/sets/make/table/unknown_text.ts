/** How people and programs (pandas, R, MySQL, formulas of Excel that failed) write that something is not known. */
export const usualMissing: readonly string[] = [
  "NaN",
  "nan",
  "NAN",
  "None",
  "null",
  "NULL",
  "NA",
  "N/A",
  "n/a",
  "<NA>",
  "NaT",
  "#N/A",
  "#NA",
  "-nan",
  "-NaN",
  "\\N",
  "#DIV/0!",
  "#VALUE!",
  "#REF!",
  "#NAME?",
  "#NUM!",
  "#NULL!",
  "-",
  "?",
];

const unknown: ReadonlySet<string> = new Set(["", ...usualMissing]);

/** Whether a cell says that nothing is known. */
export function isUnknownText(text: string): boolean {
  return unknown.has(text.trim());
}
