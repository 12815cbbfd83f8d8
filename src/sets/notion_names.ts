import { UsageError } from "../base/errors.ts";
import { join } from "../files/paths.ts";

/** Files of these names are devices on Windows, whatever follows a dot. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Why the names of notions clash; null when they do not. A name clashes that stands for something
 * else: "all", which tables use for the mean, or a device's; so do two that differ only by case or
 * Unicode form, whose lists would be one file on macOS and Windows.
 */
export function nameClash(names: readonly string[]): string | null {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = foldedName(name);
    if (folded === "all") {
      return `a notion is called "${name}", as the row of all notions is in every table`;
    }
    if (devices.test(name)) {
      return `a notion is called "${name}", which is a device on Windows, so that no file can be called so`;
    }
    const other = seen.get(folded);
    if (other !== undefined && other !== name) {
      return `the notions "${other}" and "${name}" differ only in ${
        other.normalize() === name.normalize() ? "Unicode form" : "case"
      }, so that their files are the same on macOS and Windows`;
    }
    seen.set(folded, name);
  }
  return null;
}

/**
 * Refuses names that clash with a UsageError that begins with `attempted` and ends with `remedy`.
 */
export function assertNotionNames(
  names: readonly string[],
  attempted: string,
  remedy: string,
): void {
  const clash = nameClash(names);
  if (clash !== null) throw new UsageError(`${attempted}: ${clash}; ${remedy}`);
}

/**
 * Refuses to train on notions of a set whose names clash: a set made by hand, or before they were
 * refused.
 */
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
