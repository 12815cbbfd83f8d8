/** A small image set on which the network learns something in seconds. */
import sharp from "sharp";
import { tripletListPath, writeTripletList } from "../../src/sets/triplet_list.ts";
import { type Split, splits } from "../../src/sets/image_set.ts";
import { join } from "../../src/files/paths.ts";
import { randomUint32 } from "../../src/base/random.ts";

/** Sizes of the set. */
export interface TinySetOptions {
  /** Triplets of each notion in the training list; a quarter of them in the others. */
  readonly triplets?: number;
  /** Names of the notions: the first compares colours, the second shapes, others either. */
  readonly notions?: readonly string[];
  /** Images of each of the 9 pairs of a colour and a shape; 4 by default. */
  readonly copies?: number;
}

/** How many colours and shapes there are. */
const kinds = 3;

/** Writes the set to `folder`: 36 pictures (9 x `copies`) of 24 x 24 pixels, by colour and by shape. */
export async function writeTinySet(folder: string, options: TinySetOptions = {}): Promise<void> {
  const { triplets = 64, notions = ["colour", "shape"], copies = 4 } = options;
  const images = copies * kinds * kinds;
  await Deno.mkdir(join(folder, "images"), { recursive: true });
  await Deno.mkdir(join(folder, "tripletlists"), { recursive: true });
  const names: string[] = [];
  for (let image = 0; image < images; image++) {
    names.push(`${image}.png`);
    await writePicture(join(folder, "images", `${image}.png`), image);
  }
  await Deno.writeTextFile(
    join(folder, "filenames.json"),
    names.map((name) => name + "\n").join(""),
  );
  await Deno.writeTextFile(
    join(folder, "set.json"),
    JSON.stringify({ format: 1, name: "tiny", images: "images", notions, flip: true }),
  );
  for (const [row, notion] of notions.entries()) {
    for (const split of splits) {
      const count = split === "train" ? triplets : Math.max(1, triplets / 4);
      await writeTripletList(
        tripletListPath(folder, { notion, split }),
        drawTriplets(row, split, count, images),
      );
    }
  }
}

/** The colour (row 0) or shape (row 1) of an image. */
function valueOf(image: number, row: number): number {
  return row % 2 === 0 ? image % kinds : Math.floor(image / kinds) % kinds;
}

function drawTriplets(row: number, split: Split, count: number, images: number): Uint32Array {
  const flat: number[] = [];
  for (let index = 0; flat.length < 3 * count; index++) {
    const stream = 10 * row + splits.indexOf(split);
    const [anchor, far, near] = [0, 1, 2].map((role) =>
      randomUint32(5 + role, stream, index) % images
    );
    const fits = valueOf(anchor, row) === valueOf(near, row) &&
      valueOf(anchor, row) !== valueOf(far, row);
    if (fits && anchor !== near) flat.push(anchor, far, near);
  }
  return Uint32Array.from(flat);
}

const side = 24;

async function writePicture(path: string, image: number): Promise<void> {
  const pixels = new Uint8Array(side * side * 3);
  const [colour, shape] = [valueOf(image, 0), valueOf(image, 1)];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const noise = randomUint32(image, y, x) % 40;
      const inside =
        [Math.abs(x - 12) < 5, Math.abs(y - 12) < 5, (x - 12) ** 2 + (y - 12) ** 2 < 49][shape];
      for (let channel = 0; channel < 3; channel++) {
        pixels[(y * side + x) * 3 + channel] = (inside ? 0 : channel === colour ? 215 : 60) + noise;
      }
    }
  }
  await sharp(pixels, { raw: { width: side, height: side, channels: 3 } }).png().toFile(path);
}
