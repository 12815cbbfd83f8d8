/**
 * An image set of JPEG files for what is measured from the disk: random, but as hard to decode as
 * photographs.
 */
import sharp from "sharp";
import { type Split, splits } from "../../src/sets/image_set.ts";
import { tripletListPath, writeTripletList } from "../../src/sets/triplet_list.ts";
import { join } from "../../src/files/paths.ts";
import { randomBelow, randomUint32, randomUnit } from "../../src/base/random.ts";
import { benchShape } from "./setting.ts";

/** Side of the files' images in pixels, as those of Zappos50k. */
export const fileSide = 136;

/** What the set holds. */
export interface FileSetSize {
  readonly images: number;
  /** Of all notions together, for each split. */
  readonly triplets: Readonly<Record<Split, number>>;
}

/** Writes the set to `folder`. The same size gives the same files. */
export async function writeFileSet(
  folder: string,
  { images, triplets }: FileSetSize,
): Promise<void> {
  await Deno.mkdir(join(folder, "images"), { recursive: true });
  await Deno.mkdir(join(folder, "tripletlists"), { recursive: true });
  const names = Array.from({ length: images }, (_, image) => `${image}.jpg`);
  for (const [image, name] of names.entries()) {
    await Deno.writeFile(join(folder, "images", name), await photograph(image));
  }
  await Deno.writeTextFile(join(folder, "filenames.json"), names.join("\n") + "\n");
  const { notions } = benchShape;
  const set = { format: 1, name: "bench", images: "images", notions, flip: true };
  await Deno.writeTextFile(join(folder, "set.json"), JSON.stringify(set));
  for (const [row, notion] of notions.entries()) {
    for (const [column, split] of splits.entries()) {
      const share = Math.ceil(triplets[split] / notions.length);
      const flat = Uint32Array.from(
        { length: 3 * share },
        (_, i) => randomBelow(1, 10 * row + column, i, images),
      );
      await writeTripletList(tripletListPath(folder, { notion, split }), flat);
    }
  }
}

/** Shapes with soft edges and grain on a shaded ground, as a JPEG file of some 6 kB. */
export async function photograph(seed: number): Promise<Uint8Array> {
  const pixels = new Uint8Array(fileSide * fileSide * 3);
  const blobs = Array.from({ length: 6 }, (_, i) => blob(seed, i));
  for (let y = 0, at = 0; y < fileSide; y++) {
    for (let x = 0; x < fileSide; x++) {
      const colour = [235, 235, 230].map((value) => value - 30 * y / fileSide);
      for (const { centre, radius, paint } of blobs) {
        const distance = Math.hypot(x - centre[0], 1.5 * (y - centre[1])) / radius;
        const cover = 1 / (1 + Math.exp(20 * (distance - 1)));
        paint.forEach((value, c) => colour[c] += cover * (value - colour[c]));
      }
      const grain = randomUint32(seed, 1, y * fileSide + x);
      for (let c = 0; c < 3; c++) pixels[at++] = colour[c] + (grain >>> 8 * c & 15);
    }
  }
  const raw = { width: fileSide, height: fileSide, channels: 3 } as const;
  return await sharp(pixels, { raw }).jpeg({ quality: 90 }).toBuffer();
}

function blob(seed: number, index: number) {
  const unit = (place: number) => randomUnit(seed, 0, 10 * index + place);
  return {
    centre: [fileSide * unit(0), fileSide * unit(1)],
    radius: fileSide * (0.08 + 0.3 * unit(2)),
    paint: [220 * unit(3), 220 * unit(4), 220 * unit(5)],
  };
}
