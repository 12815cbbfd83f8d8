/**
 * The paths of a list, one a line: lines end with "\n" or "\r\n"; all else, spaces too, belongs to
 * the path.
 */
export function pathLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => line.endsWith("\r") ? line.slice(0, -1) : line);
}
