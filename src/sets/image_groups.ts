import { isObject } from "../base/json_values.ts";
import { CsnError, messageOf } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { isFile } from "../files/exists.ts";
import { join } from "../files/paths.ts";
import type { ImageSet } from "./image_set.ts";
import { loadColumns } from "./make/table/load_columns.ts";
import { openTable } from "./make/table/open_table.ts";

/** The groups of a set's images, which its splits keep together: what other data has others of. */
export interface ImageGroups {
  /** The column of the table that named them. */
  readonly column: string;
  /** The number of each image's group, in the order of the set's images. */
  readonly numbers: Uint32Array<ArrayBuffer>;
}

/** What attributes.csv calls the column of groups: no notion has that name. */
export function groupHeader(notions: readonly string[]): string {
  let name = "group";
  for (let number = 2; notions.includes(name); number++) name = `group ${number}`;
  return name;
}

/**
 * Reads the groups by which a set was split; null for a set that was dealt image by image. A set
 * of an older csn says that it was split by groups, but not which: that is a warning, and null.
 * Throws a CsnError for files that contradict each other.
 */
export async function readImageGroups(
  set: ImageSet,
  listener?: Listener,
): Promise<ImageGroups | null> {
  const made = await readMade(set.folder);
  if (typeof made?.groupColumn !== "string") return null;
  const file = join(set.folder, "attributes.csv");
  if (typeof made.groups !== "string" || !await isFile(file)) {
    listener?.warning?.(
      `${set.folder} was split by the groups of column "${made.groupColumn}", but does not say which image is of which: intervals take images for independent, and are too narrow; make the set again with \`makeTriplets()\``,
    );
    return null;
  }
  const table = await openTable(file, { delimiter: "," });
  const { cells } = await loadColumns(table, ["file", made.groups]);
  const [files, groups] = [cells.get("file")!, cells.get(made.groups)!];
  if (
    files.length !== set.imageFiles.length || files.some((path, i) => path !== set.imageFiles[i])
  ) {
    throw new CsnError(
      `Cannot use the groups in ${file}: its rows are not the images of ${
        join(set.folder, "filenames.json")
      }; build the set again`,
    );
  }
  const numbers = new Map<string, number>();
  for (const group of groups) {
    if (!numbers.has(String(group))) numbers.set(String(group), numbers.size);
  }
  return {
    column: made.groupColumn,
    numbers: Uint32Array.from(groups, (group) => numbers.get(String(group))!),
  };
}

/** What set.json says of how a set was made; null where it says nothing. */
async function readMade(folder: string): Promise<Record<string, unknown> | null> {
  const file = join(folder, "set.json");
  try {
    const described: unknown = JSON.parse(await Deno.readTextFile(file));
    return isObject(described) && isObject(described.made) ? described.made : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new CsnError(`Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}
