/** How programs write that something is not known. */
const unknown = /^(?:|nan|none|null|na|n\/a|-|\?)$/i;

/** Whether a cell says that nothing is known. */
export function isUnknownText(text: string): boolean {
  return unknown.test(text);
}
