/**
 * Times `audit` on 1,000,000 triplets of four notions over 50,000 images, a process of its own;
 * there are no pictures to compare.
 *
 *     deno task bench-data
 */
import { projectFolder } from "../../src/cli/paths.ts";
import { type Split, splits } from "../../src/sets/image_set.ts";
import { splitImages } from "../../src/sets/split_images.ts";
import { tripletListPath, writeTripletList } from "../../src/sets/triplet_list.ts";
import { join } from "../../src/files/paths.ts";
import { randomBelow } from "../../src/base/random.ts";

const images = 50_000;
const notions = ["class", "closure", "gender", "heel"];
const counts: Record<Split, number> = { train: 200_000, val: 20_000, test: 30_000 };

const folder = await Deno.makeTempDir();
try {
  const names = Array.from({ length: images }, (_, image) => `${image}.jpg\n`);
  await Deno.writeTextFile(join(folder, "filenames.json"), names.join(""));
  const set = { format: 1, name: "bench", images: "images", notions, flip: true };
  await Deno.writeTextFile(join(folder, "set.json"), JSON.stringify(set));
  await Deno.mkdir(join(folder, "tripletlists"));
  const parts = splitImages(images, 1);
  for (const [row, notion] of notions.entries()) {
    for (const split of splits) {
      const flat = Uint32Array.from(
        { length: 3 * counts[split] },
        (_, at) => parts[split][randomBelow(1, row, at, parts[split].length)],
      );
      await writeTripletList(tripletListPath(folder, { notion, split }), flat);
    }
  }
  const began = performance.now();
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", join(projectFolder, "src", "cli", "main.ts")],
      ...["audit", folder, "--no-pictures", "--json"],
    ],
  }).output();
  const seconds = (performance.now() - began) / 1000;
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(new TextDecoder().decode(stderr));
  const lists: { triplets: number }[] = JSON.parse(text).notions;
  const triplets = lists.reduce((sum, list) => sum + list.triplets, 0);
  console.log(`audit: ${triplets} triplets over ${images} images in ${seconds.toFixed(1)} s`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
