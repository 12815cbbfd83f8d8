import { CsnError, messageOf } from "../errors.ts";
import { isFile } from "../folders.ts";
import { extname, join } from "../paths.ts";

/** Endings of the kinds of images that `decodeImage` reads. */
const endings: ReadonlySet<string> = new Set([
  ".avif",
  ".gif",
  ".jpeg",
  ".jpg",
  ".png",
  ".tif",
  ".tiff",
  ".webp",
]);

/** Whether a path ends like an image file. */
export function hasImageEnding(path: string): boolean {
  return endings.has(extname(path).toLowerCase());
}

/**
 * The image files of a folder and of those in it: paths relative to it with "/" between their parts,
 * sorted by their characters' codes, so that they come in the same order everywhere. Hidden files and
 * folders, and links to folders, are left out.
 *
 * Throws a CsnError when the folder cannot be read or there is no image.
 */
export async function listImages(folder: string): Promise<string[]> {
  const found = await imagesIn(folder);
  if (found.length > 0) return found;
  throw new CsnError(
    `Cannot list the images of ${folder}: it has no file that ends in ${[...endings].join(", ")}`,
  );
}

/** The same, also where there is none. */
export async function imagesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    await collect(folder, "", found);
  } catch (error) {
    const what = error instanceof Deno.errors.NotFound
      ? "there is no such folder"
      : messageOf(error);
    throw new CsnError(`Cannot list the images of ${folder}: ${what}`, { cause: error });
  }
  return found.sort();
}

/** Adds the images of `folder/below` to `found`. */
async function collect(folder: string, below: string, found: string[]): Promise<void> {
  for await (const entry of Deno.readDir(join(folder, below))) {
    if (entry.name.startsWith(".")) continue;
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory) await collect(folder, path, found);
    else if (hasImageEnding(path) && (entry.isFile || await isFile(join(folder, path)))) {
      found.push(path);
    }
  }
}
