import { join } from "../../src/files/paths.ts";
import { type Split, splits } from "../../src/sets/image_set.ts";
import { readTripletList, tripletListPath } from "../../src/sets/triplet_list.ts";

/** Writes empty files `0.jpg` to `<count - 1>.jpg`: what only looks for images does not open them. */
export async function writeEmptyImages(folder: string, count: number): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (let image = 0; image < count; image++) {
    await Deno.writeFile(join(folder, `${image}.jpg`), new Uint8Array());
  }
}

/** A row of a set's attributes.csv, by column; no cell may hold a comma. */
export async function readAttributes(set: string): Promise<Record<string, string>[]> {
  const text = await Deno.readTextFile(join(set, "attributes.csv"));
  const [head, ...rows] = text.trimEnd().split("\n").map((line) => line.split(","));
  return rows.map((row) => Object.fromEntries(head.map((column, at) => [column, row[at]])));
}

/** The triplets of a notion and split. */
export async function readTriplets(
  set: string,
  notion: string,
  split: Split,
  images: number,
): Promise<[anchor: number, far: number, near: number][]> {
  const flat = await readTripletList(tripletListPath(set, { notion, split }), images);
  return Array.from(
    { length: flat.length / 3 },
    (_, i) => [flat[3 * i], flat[3 * i + 1], flat[3 * i + 2]],
  );
}

/** Every file that a set has, images apart, as text by name; on demand without `set.json`. */
export async function setTexts(
  set: string,
  notions: readonly string[],
  withDescription = true,
): Promise<Map<string, string>> {
  const files = [
    "filenames.json",
    "attributes.csv",
    ...(withDescription ? ["set.json"] : []),
    ...notions.flatMap((notion) =>
      splits.map((split) => `tripletlists/${notion}_tripletlist_${split}.txt`)
    ),
  ];
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(join(set, file))));
  return new Map(files.map((file, at) => [file, texts[at]]));
}
