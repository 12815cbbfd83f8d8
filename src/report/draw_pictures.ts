import type { Picture } from "./report_data.ts";
import { emptyCell } from "./maps/grid_cells.ts";
import { loadSharp } from "../images/decode_image.ts";
import type { PackPictures } from "../images/pack_pictures.ts";

/** Side of an image in a map, at most: 40 of them in a row make a picture that a page can hold. */
const mapImage = 40;

/** Side of an image in a row. */
const rowImage = 72;

/** Between two images of a row, in pixels; twice as much after the first. */
const gap = 6;

/** Height of the bar under an image that is alike. */
const bar = 6;

/** Blue of Okabe and Ito, as the palette of charts. */
const barColour = [0x00, 0x72, 0xb2, 255];

/** What is drawn, besides its pixels. */
export type PictureOf = Pick<Picture, "name" | "alt">;

/**
 * A grid of images, `cells` [side * side] holding the image of each cell or `emptyCell`; empty
 * cells are clear, and rows and columns beyond the outermost images are cut off.
 */
export async function drawMap(
  { name, alt }: PictureOf,
  pack: PackPictures,
  cells: Int32Array,
  side: number,
): Promise<Picture> {
  const { size } = pack;
  const shown = [...cells.keys()].filter((cell) => cells[cell] !== emptyCell);
  const columns = extent(shown.map((cell) => cell % side));
  const rows = extent(shown.map((cell) => Math.floor(cell / side)));
  const canvas = new Canvas(columns.count * size, rows.count * size);
  for (const cell of shown) {
    const [column, row] = [cell % side - columns.first, Math.floor(cell / side) - rows.first];
    canvas.put(pack.pixels(cells[cell]), size, column * size, row * size);
  }
  const cellSize = Math.min(size, mapImage);
  const [width, height] = [columns.count * cellSize, rows.count * cellSize];
  return { name, alt, width, height, png: await canvas.png(width, height) };
}

/**
 * Images in a row, the first set off from the others; a bar stands under each of which `marked`
 * says so.
 */
export async function drawRow(
  { name, alt }: PictureOf,
  pack: PackPictures,
  images: readonly number[],
  marked: readonly boolean[] = [],
): Promise<Picture> {
  const left = (place: number) => place * (rowImage + gap) + (place > 0 ? gap : 0);
  const width = left(images.length - 1) + rowImage;
  const hasBars = marked.length > 0;
  const canvas = new Canvas(width, rowImage + (hasBars ? bar + 2 : 0));
  for (const [place, image] of images.entries()) {
    canvas.put(await enlarged(pack, image), rowImage, left(place), 0);
    if (marked[place]) canvas.fill(left(place), rowImage + 2, rowImage, bar, barColour);
  }
  return { name, alt, width, height: canvas.height, png: await canvas.png(width, canvas.height) };
}

/** The first of some places, and how many there are from it to the last. */
function extent(places: readonly number[]): { first: number; count: number } {
  const first = Math.min(...places);
  return { first, count: Math.max(...places) - first + 1 };
}

/** Pixels [rowImage, rowImage, 3] of an image. */
async function enlarged(pack: PackPictures, image: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const raw = { width: pack.size, height: pack.size, channels: 3 as const };
  return await sharp(pack.pixels(image), { raw })
    .resize(rowImage, rowImage, { kernel: pack.size < rowImage ? "cubic" : "lanczos3" })
    .removeAlpha().raw().toBuffer();
}

/** Pixels with opacity, clear until something is put there. */
class Canvas {
  readonly #pixels: Uint8Array;

  constructor(readonly width: number, readonly height: number) {
    this.#pixels = new Uint8Array(4 * width * height);
  }

  /** Puts an opaque square image [size, size, 3] with its upper left corner at (left, top). */
  put(image: Uint8Array, size: number, left: number, top: number): void {
    for (let y = 0; y < size; y++) {
      let to = 4 * ((top + y) * this.width + left);
      for (let from = 3 * y * size; from < 3 * (y + 1) * size; from += 3, to += 4) {
        this.#pixels[to] = image[from];
        this.#pixels[to + 1] = image[from + 1];
        this.#pixels[to + 2] = image[from + 2];
        this.#pixels[to + 3] = 255;
      }
    }
  }

  fill(left: number, top: number, width: number, height: number, colour: readonly number[]): void {
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) this.#pixels.set(colour, 4 * (y * this.width + x));
    }
  }

  /** The canvas as a PNG of this size. */
  async png(width: number, height: number): Promise<Uint8Array> {
    const sharp = await loadSharp();
    const raw = { width: this.width, height: this.height, channels: 4 as const };
    const picture = sharp(this.#pixels, { raw, limitInputPixels: false });
    const sized = width === this.width ? picture : picture.resize(width, height);
    return new Uint8Array(await sized.png({ compressionLevel: 9 }).toBuffer());
  }
}
