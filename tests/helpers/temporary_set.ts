import { type ImageSet, openImageSet } from "../../src/sets/image_set.ts";
import { tripletListPath, writeTripletList } from "../../src/sets/triplet_list.ts";
import { dirname, fromFileUrl, join } from "../../src/files/paths.ts";

/** Folder of the small images that `make_images.py` wrote. */
export const fixtures: string = join(
  dirname(fromFileUrl(import.meta.url)),
  "..",
  "fixtures",
  "images",
);

/** A folder that is removed with all that is in it when its block ends. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Writes a set of the two notions "colour" and "shape": its lists and, for each file, a copy of `from`. */
export async function writeSet(
  folder: string,
  files: readonly string[],
  options: { from?: string; triplets?: Record<string, number[]>; notions?: string[] } = {},
): Promise<ImageSet> {
  const { from = "shrunk.png", triplets = {}, notions = ["colour", "shape"] } = options;
  const bytes = await Deno.readFile(join(fixtures, from));
  for (const file of files) {
    await Deno.mkdir(dirname(join(folder, "images", file)), { recursive: true });
    await Deno.writeFile(join(folder, "images", file), bytes);
  }
  await Deno.mkdir(join(folder, "tripletlists"), { recursive: true });
  await Deno.writeTextFile(
    join(folder, "filenames.json"),
    files.map((file) => file + "\n").join(""),
  );
  const description = { format: 1, name: "small", images: "images", notions, flip: false };
  await Deno.writeTextFile(join(folder, "set.json"), JSON.stringify(description));
  for (const [notion, list] of Object.entries(triplets)) {
    for (const split of ["train", "val", "test"] as const) {
      await writeTripletList(tripletListPath(folder, { notion, split }), Uint32Array.from(list));
    }
  }
  return await openImageSet(folder);
}

/** Names of `count` files. */
export function fileNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i}.png`);
}
