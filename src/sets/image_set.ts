import { isFolder } from "../files/exists.ts";
import { CsnError, messageOf, shown, UsageError } from "../base/errors.ts";
import { pathLines } from "../files/path_lines.ts";
import { basename, join, resolve } from "../files/paths.ts";
import type { Normalisation } from "../network/normalisation.ts";
import type { Fit } from "../images/fit.ts";
import { readSetFile } from "./set_file.ts";

/** The parts of an image set. */
export const splits = ["train", "val", "test"] as const;

/** A part of an image set; no image is in two of them. */
export type Split = typeof splits[number];

/** Images, and the notions by which triplets compare them. */
export interface ImageSet {
  /** From set.json, or its folder's name. */
  readonly name: string;
  /** Absolute path of the set's folder. */
  readonly folder: string;
  /** Absolute path of the folder that the image files are relative to. */
  readonly imageFolder: string;
  /** Paths relative to `imageFolder`; the position is the image's index. */
  readonly imageFiles: readonly string[];
  /** Names of the notions; each has a triplet list for each split. */
  readonly notions: readonly string[];
  /** Whether an image and its mirror image mean the same by all notions. */
  readonly flip: boolean;
  /** How images become squares. */
  readonly fit: Fit;
  /** How pixels are scaled before the network sees them. */
  readonly normalisation: Normalisation;
}

/**
 * Opens the set in `folder`: its `filenames.json` (a text file, a path a line), the folder
 * `tripletlists` and `set.json`, without which it counts as Zappos50k as the reference code lays it
 * out.
 *
 * Throws a CsnError when something is missing or cannot be right.
 *
 * @example See what a set holds
 * ```ts
 * import { openImageSet } from "@csn/csn/sets";
 *
 * const set = await openImageSet("data/mine");
 * console.log(set.name, set.notions, set.imageFiles.length);
 * ```
 */
export async function openImageSet(folder: string): Promise<ImageSet> {
  const absolute = resolve(folder);
  await assertFolder(absolute);
  const described = await readSetFile(join(absolute, "set.json"));
  const imageFiles = await readFilenames(join(absolute, "filenames.json"));
  if (!await isFolder(join(absolute, "tripletlists"))) {
    throw new CsnError(
      `Cannot open the image set ${absolute}: it has no folder tripletlists; ${
        howToMake(absolute)
      }`,
    );
  }
  return {
    name: described.name ?? basename(absolute),
    folder: absolute,
    imageFolder: await imageFolderOf(absolute, described.images),
    imageFiles,
    notions: described.notions,
    flip: described.flip,
    fit: described.fit,
    normalisation: described.normalisation,
  };
}

/**
 * Of a set that is reached through a link, images beside the set itself are meant where the link
 * has none.
 */
async function imageFolderOf(folder: string, images: string): Promise<string> {
  const named = resolve(folder, images);
  if (await isFolder(named)) return named;
  const linked = resolve(await Deno.realPath(folder), images);
  return await isFolder(linked) ? linked : named;
}

/**
 * The set's notions that `names` mean, in the set's order whatever order they are named in. A name
 * may be a notion's number in the set, counted from 0, where no notion has that name.
 *
 * Throws a UsageError for an unknown notion, one that is named twice, or none at all.
 */
export function notionRows(set: ImageSet, names: readonly string[]): string[] {
  const chosen = new Set<string>();
  for (const name of names) {
    const notion = set.notions.includes(name) ? name : byNumber(set, name);
    if (notion === undefined) {
      throw new UsageError(
        `Unknown notion "${name}": the image set ${set.name} has ${listed(set)}`,
      );
    }
    if (chosen.has(notion)) {
      throw new UsageError(`Cannot choose notions: "${notion}" is named twice; name each once`);
    }
    chosen.add(notion);
  }
  if (chosen.size === 0) {
    throw new UsageError(`No notion is named: the image set ${set.name} has ${listed(set)}`);
  }
  return set.notions.filter((notion) => chosen.has(notion));
}

function byNumber(set: ImageSet, name: string): string | undefined {
  return /^\d+$/.test(name) ? set.notions[Number(name)] : undefined;
}

function listed({ notions }: ImageSet): string {
  return notions.map((notion, row) => `${notion} (${row})`).join(", ");
}

async function assertFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  throw new CsnError(
    `Cannot open the image set ${folder}: there is no such folder; ${howToMake(folder)}`,
  );
}

/** What the user can do when a set is missing or incomplete. */
function howToMake(folder: string): string {
  switch (basename(folder)) {
    case "zappos":
      return "fetch it with `getZappos()`, or make a smaller one with `makeFontsSet()`";
    case "fonts":
      return "make it with `makeFontsSet()`, or name the folder of another one with `data`";
    default:
      return "make a set of your images with `makeTriplets()`, or name the folder of another one with `data`";
  }
}

async function readFilenames(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    const folder = resolve(file, "..");
    const found = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : messageOf(error);
    throw new CsnError(`Cannot read ${file}: ${found}; ${howToMake(folder)}`, { cause: error });
  }
  const files = pathLines(text);
  if (files.length === 0) {
    throw new CsnError(
      `Cannot read ${file}: it is empty; write the path of an image, relative to the image folder, on each line`,
    );
  }
  files.forEach((path, index) => assertInside(path, `${file}:${index + 1}`));
  return files;
}

/** Refuses an empty path and one that leads out of the image folder. */
function assertInside(path: string, place: string): void {
  if (path === "") {
    throw new CsnError(
      `${place}: the line is empty; each line is the path of an image relative to the image folder`,
    );
  }
  if (path.startsWith("/") || path.split("/").includes("..") || path.includes("\0")) {
    throw new CsnError(
      `${place}: ${shown(path)} leaves the image folder; write paths relative to it, without ".."`,
    );
  }
}
