import { isObject } from "../base/json_values.ts";
import { filesBelow } from "../files/exists.ts";
import { join } from "../files/paths.ts";
import { isBegunFile } from "../files/write_whole.ts";

/** What lies in a folder that is to be replaced by another of its kind. */
export interface FolderContents {
  /** Whether it is of that kind. */
  readonly isOfKind: boolean;
  /** Paths, relative to the folder, of what csn did not put there. */
  readonly foreign: readonly string[];
}

/** Files of a set, and what other commands keep beside them. */
const setFiles = [
  /^(filenames\.json|set\.json|attributes\.csv|fonts\.csv|zappos\.csv)$/,
  /^\d+(-pad-[0-9a-f]{6})?\.pack(\.json|\.lock|\.part|\.part\.json)?$/,
  /^\.get-data\.lock$/,
  // What a file manager leaves in every folder that is looked at.
  /(^|\/)(\.DS_Store|Thumbs\.db)$/,
];

const listFile = /^tripletlists\/([^/]+)_tripletlist_(train|val|test)\.txt$/;

/** Embeddings that `query` keeps beside images. */
const keptEmbeddings = /^\.csn-[0-9a-f]+\.safetensors$/;

/**
 * Looks through a folder: whether it is an image set, by csn (`set.json` says how it was made) or in
 * the reference code's layout, and what in it is not csn's.
 */
export async function setContents(folder: string): Promise<FolderContents> {
  const described = await readDescription(folder);
  const isMade = isObject(described?.made);
  const notions = isMade && Array.isArray(described!.notions) ? described!.notions : null;
  const images = isMade ? await copiedImages(folder, described!.images) : new Set<string>();
  const isOwn = (path: string) => {
    const notion = listFile.exec(path)?.[1];
    if (notion !== undefined) return notions === null || notions.includes(notion);
    const name = path.slice(path.lastIndexOf("/") + 1);
    return images.has(path) || setFiles.some((pattern) => pattern.test(path)) ||
      isBegunFile(name) || keptEmbeddings.test(name);
  };
  const all = await filesBelow(folder);
  const isSet = isMade ||
    all.includes("filenames.json") && all.some((path) => listFile.test(path));
  return { isOfKind: isSet, foreign: all.filter((path) => !isSet || !isOwn(path)).sort() };
}

async function readDescription(folder: string): Promise<Record<string, unknown> | null> {
  try {
    const described = JSON.parse(await Deno.readTextFile(join(folder, "set.json")));
    return isObject(described) ? described : null;
  } catch {
    return null;
  }
}

/** Paths of the images that csn drew or copied into a set that it made. */
async function copiedImages(folder: string, images: unknown): Promise<Set<string>> {
  if (typeof images !== "string" || images.startsWith("/")) return new Set();
  const names = await Deno.readTextFile(join(folder, "filenames.json")).catch(() => "");
  return new Set(
    names.split("\n").filter((name) => name !== "").map((name) => join(images, name)),
  );
}
