import { digestOf } from "../file_digests.ts";
import type { ImageSet } from "../image_set.ts";
import { imagePath, surveyImages } from "../survey_images.ts";

/** Files of a set that are the same to the byte. */
export interface IdenticalFiles {
  /** Groups of two images or more. */
  readonly groups: readonly (readonly number[])[];
  /** Images that are not on the disk. */
  readonly missing: number;
}

/** Finds them among `images`: files of the same size are compared by their SHA-256. Null when there is no image folder. */
export async function identicalFiles(
  set: ImageSet,
  images: readonly number[],
  signal?: AbortSignal,
): Promise<IdenticalFiles | null> {
  const survey = await surveyImages(set);
  if (survey.contents === null) return null;
  const pathOf = (image: number) => imagePath(set, survey, image);
  const there = images.filter((image) => !survey.missing.has(image));
  const bySize = Map.groupBy(there, (image) => Deno.statSync(pathOf(image)).size);
  const groups: number[][] = [];
  for (const sameSize of bySize.values()) {
    if (sameSize.length < 2) continue;
    signal?.throwIfAborted();
    const digests = new Map<number, string>();
    for (const image of sameSize) {
      digests.set(image, digestOf(await Deno.readFile(pathOf(image))));
    }
    const same = Map.groupBy(sameSize, (image) => digests.get(image)!);
    groups.push(...[...same.values()].filter(({ length }) => length > 1));
  }
  return { groups, missing: images.length - there.length };
}
