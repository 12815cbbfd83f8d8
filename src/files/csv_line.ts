/**
 * A line of a table of delimited text (RFC 4180); cells that hold a comma, quote or line end are
 * quoted, and those with blanks at their ends, which readers take away elsewhere.
 */
export function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) =>
    /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  );
  return quoted.join(",") + "\n";
}
