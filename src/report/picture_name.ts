/**
 * A file's name of letters, digits and dashes for what is drawn of a notion; `row` keeps like
 * notions apart.
 */
export function pictureName(kind: string, row: number, notion: string, number?: number): string {
  const readable = notion.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  const parts = [kind, String(row), readable, number === undefined ? "" : String(number)];
  return parts.filter((part) => part !== "").join("-");
}
