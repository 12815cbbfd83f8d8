/** How people and programs (pandas, R, Excel, SQL) write that something is not known. */
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
  "-",
  "?",
];

const unknown: ReadonlySet<string> = new Set(["", ...usualMissing]);

/** Whether a cell says that nothing is known. */
export function isUnknownText(text: string): boolean {
  return unknown.has(text.trim());
}
