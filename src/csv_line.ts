/** A line of a table of delimited text; cells that hold a comma, quote or line end are quoted (RFC 4180). */
export function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  );
  return quoted.join(",") + "\n";
}
