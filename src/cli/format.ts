/** How a table's column stands in its lines. */
export interface Column {
  /** Characters. */
  readonly width: number;
  readonly isRight: boolean;
}

/**
 * Rows under underlined headers, in aligned columns. A column whose cells are all numbers (a unit,
 * a percentage or a `±` may follow) is aligned right. No line ends in blanks; none after the last
 * line.
 */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = columnsOf(headers, rows);
  return [tableHead(headers, columns), ...rows.map((row) => tableLine(row, columns))].join("\n");
}

/** The columns of a table; of one that is printed row by row, `rows` are as wide as its own. */
export function columnsOf(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
): Column[] {
  return headers.map((header, column) => {
    const cells = rows.map((row) => row[column] ?? "");
    return {
      width: Math.max(width(header), ...cells.map(width)),
      isRight: rows.length > 0 && cells.every(isNumber),
    };
  });
}

/** A table's first two lines: its headers, and what underlines them. */
export function tableHead(headers: readonly string[], columns: readonly Column[]): string {
  const lines = columns.map((column) => "-".repeat(column.width));
  return [headers, lines].map((cells) => tableLine(cells, columns)).join("\n");
}

/** A line of a table. */
export function tableLine(cells: readonly string[], columns: readonly Column[]): string {
  return columns.map((column, place) => {
    const text = cells[place] ?? "";
    const blanks = " ".repeat(Math.max(0, column.width - width(text)));
    return column.isRight ? blanks + text : text + blanks;
  }).join("  ").trimEnd();
}

/** A share as a percentage: 0.93123 is "93.12 %"; "-" for one that is not finite. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(2)} %` : "-";
}

/** A number of bytes in decimal units: "512 B", "1.5 kB", "428 MB", "1.03 GB". */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  // 999.5 would be printed as 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : threeDigits(value)} ${units[unit]}`;
}

/**
 * A time for people: "0.4 s", "45 s", "3 min 20 s", "2 h 10 min", "1 d 4 h"; "-" when not finite.
 */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  if (seconds < 0.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  if (seconds < 3599.5) return twoUnits(Math.round(seconds), 60, "min", "s");
  if (seconds < 86_370) return twoUnits(Math.round(seconds / 60), 60, "h", "min");
  return twoUnits(Math.round(seconds / 3600), 24, "d", "h");
}

/** A speed: "512 triplets/s", "4.25 MB/s" for bytes. */
export function rate(perSecond: number, unit: string): string {
  if (!Number.isFinite(perSecond)) return "-";
  return unit === "bytes" ? `${bytes(perSecond)}/s` : `${threeDigits(perSecond)} ${unit}/s`;
}

/** Three digits or, of larger numbers, all before the point. */
function threeDigits(value: number): string {
  if (value >= 99.95 || value === 0) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}

function twoUnits(count: number, size: number, large: string, small: string): string {
  const rest = count % size;
  return `${Math.floor(count / size)} ${large}` + (rest === 0 ? "" : ` ${rest} ${small}`);
}

/** Columns that a text takes: characters, not UTF-16 units. */
function width(text: string): number {
  return [...text].length;
}

function isNumber(text: string): boolean {
  const number = /[-+]?\d[\d.,]*(e[-+]?\d+)?( ?%| [A-Za-z/]+)*/.source;
  return text === "" || text === "-" || text === "NaN" ||
    new RegExp(`^${number}( ± (${number}|-))?$`).test(text);
}
