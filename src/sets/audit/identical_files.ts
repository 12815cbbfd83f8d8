import { messageOf } from "../../base/errors.ts";
import { sha256 } from "../../files/sha256.ts";
import type { ImageSet } from "../image_set.ts";
import { imagePath, surveyImages } from "../pack/survey_images.ts";

/** Files of a set that are the same to the byte. */
export interface IdenticalFiles {
  /** Groups of two images or more. */
  readonly groups: readonly (readonly number[])[];
  /** Images that are not on the disk. */
  readonly missing: readonly number[];
  /** Images whose files are there and cannot be read. */
  readonly unreadable: readonly number[];
}

/**
 * Finds them among `images`: files of the same size are compared by their SHA-256. Null when there
 * is no image folder.
 */
export async function identicalFiles(
  set: ImageSet,
  images: readonly number[],
  signal?: AbortSignal,
): Promise<IdenticalFiles | null> {
  const survey = surveyImages(set);
  if (survey.contents === null) return null;
  const pathOf = (image: number) => imagePath(set, survey, image);
  const there = images.filter((image) => !survey.missing.has(image));
  const unreadable: number[] = [];
  const bySize = Map.groupBy(there, (image) => Deno.statSync(pathOf(image)).size);
  const groups: number[][] = [];
  for (const sameSize of bySize.values()) {
    if (sameSize.length < 2) continue;
    signal?.throwIfAborted();
    const digests = new Map<number, string>();
    for (const image of sameSize) {
      const bytes = await readBytes(pathOf(image));
      if (bytes === null) unreadable.push(image);
      else digests.set(image, sha256(bytes));
    }
    const same = Map.groupBy(digests.keys(), (image) => digests.get(image)!);
    groups.push(...[...same.values()].filter(({ length }) => length > 1));
  }
  return { groups, missing: images.filter((image) => survey.missing.has(image)), unreadable };
}

/** A file's bytes; null when it may not be read. */
async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    // Of a disk that fails or a file that may not be read, Deno ends the system's message so.
    if (messageOf(error).includes("(os error ")) return null;
    throw error;
  }
}
