/**
 * What all notions together are called beside each one: "all", unless a notion of an older model or
 * set is called so, in any case of letters. No notion's name has a blank.
 */
export function nameOfAll(notions: readonly string[]): string {
  return notions.some((name) => name.toLowerCase() === "all") ? "all notions" : "all";
}
