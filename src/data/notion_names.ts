import { UsageError } from "../errors.ts";
import { join } from "../paths.ts";

/** Files of these names are devices on Windows, whatever follows a dot. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Refuses names of notions that cannot be told apart or stand for something else: "all", which tables say of
 * the mean; a device's name; and two that differ only by case or Unicode form, whose lists would be one file
 * on macOS and Windows. Throws a UsageError that begins with `attempted` and names both; `remedy` ends it.
 */
export function assertNotionNames(
  names: readonly string[],
  attempted: string,
  remedy: string,
): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = foldedName(name);
    if (folded === "all") {
      throw new UsageError(
        `${attempted}: a notion is called "${name}", as the row of all notions is in every table; ${remedy}`,
      );
    }
    if (devices.test(name)) {
      throw new UsageError(
        `${attempted}: a notion is called "${name}", which is a device on Windows, so that no file can be called so; ${remedy}`,
      );
    }
    const other = seen.get(folded);
    if (other !== undefined && other !== name) {
      throw new UsageError(
        `${attempted}: the notions "${other}" and "${name}" differ only in ${
          other.normalize() === name.normalize() ? "Unicode form" : "case"
        }, so that their files are the same on macOS and Windows; ${remedy}`,
      );
    }
    seen.set(folded, name);
  }
}

/** Refuses to train on notions of a set whose names clash: a set made by hand, or before they were refused. */
export function assertTrainableNames(
  set: { readonly name: string; readonly folder: string },
  notions: readonly string[],
): void {
  assertNotionNames(
    notions,
    `Cannot train on the image set ${set.name}`,
    `rename it in ${join(set.folder, "set.json")}, attributes.csv and the names of its lists`,
  );
}

/** What file systems that know no case compare. */
function foldedName(name: string): string {
  return name.normalize().toUpperCase().toLowerCase().normalize();
}
