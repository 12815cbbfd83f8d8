import { CsnError } from "../../base/errors.ts";
import type { Split } from "../image_set.ts";
import type { Remarks } from "./remarks.ts";
import { splitNames } from "./table/split_names.ts";

/** What the folders say that images lie in. */
export interface FolderValues {
  /** By image: its folder's name, "" for one that lies in none. */
  readonly values: readonly string[];
  /** By image: its split, where the folders at the top are train, val and test. */
  readonly splits: readonly Split[] | null;
}

/**
 * Reads the folders of an ImageFolder tree: `cat/1.jpg` is a "cat", `train/cat/1.jpg` too, in the
 * split train. Of folders in folders the first counts, as in torchvision.
 *
 * Throws a CsnError for a tree whose top are splits, but not all three.
 */
export function readFolders(
  root: string,
  files: readonly string[],
  notion: string,
  remarks: Remarks,
): FolderValues {
  const parts = files.map((file) => file.split("/").slice(0, -1));
  const splits = splitsOf(root, parts, remarks);
  const below = splits === null ? parts : parts.map(([_, ...folders]) => folders);
  const values = below.map(([folder = ""]) => folder);
  const deep = below.findIndex((folders) => folders.length > 1);
  if (deep !== -1) {
    const count = below.filter((folders) => folders.length > 1).length;
    remarks.warn(
      `${count} images lie in folders of folders: the first gives the notion "${notion}", such as "${
        values[deep]
      }" for ${files[deep]}`,
    );
  }
  return { values, splits };
}

/** The splits that the folders at the top name; null when they are no splits. */
function splitsOf(
  root: string,
  parts: readonly (readonly string[])[],
  remarks: Remarks,
): Split[] | null {
  const tops = new Set(parts.map(([top = ""]) => top));
  // Folders called 0, 1 and 2 are classes.
  const words = [...tops].filter((top) => !/^\d*$/.test(top));
  const { splits: known } = splitNames(words);
  if (known.size === 0) return null;
  const names = [...tops].map((top) => top === "" ? "(none)" : top).sort().join(", ");
  if (known.size < tops.size) {
    if (known.size > 1) {
      remarks.doubt(
        `of the folders ${names} in ${root} some are called like splits, but not all; all are taken as values`,
      );
    }
    return null;
  }
  if (new Set(known.values()).size === 3) return parts.map(([top]) => known.get(top)!);
  throw new CsnError(
    `Cannot take the folders in ${root} for values: they are called like splits (${names}), but train, val and test are not all there; name one of them as the folder of images, such as \`images: ${
      JSON.stringify(`${root}/${[...tops][0]}`)
    }\`, or add what is missing`,
  );
}
