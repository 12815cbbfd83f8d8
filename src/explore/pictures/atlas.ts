import { messageOf } from "../../base/errors.ts";
import { EventLoopTurns } from "../../base/event_loop.ts";
import { keepRecent } from "../../files/keep_recent.ts";
import { dirname, join } from "../../files/paths.ts";
import { sha256 } from "../../files/sha256.ts";
import { writeWhole } from "../../files/write_whole.ts";
import { loadSharp } from "../../images/decode_image.ts";
import { Places } from "../../service/places.ts";
import { type AtlasFineness, type AtlasPlan, planAtlas, sheetRows } from "../atlas_plan.ts";
import { PictureFault } from "./picture_fault.ts";
import type { SquarePictures } from "./square_pictures.ts";

/** Changes when sheets are made in another way. */
const method = "1 JPEG 85";

/** The last two bytes of a JPEG: a file that was cut off lacks them. */
const endOfImage = [0xff, 0xd9];

/** Atlases that are kept in any case, and the days that others are kept unused. */
const [most, days] = [16, 90];

/** Grey of cells whose picture is lost, and of the cross in them. */
const [lostGround, lostCross] = [0x90, 0x50];

/** Sheets with the small pictures of many images, made when they are asked for and kept on disk. */
export class Atlas {
  /** How they are divided: place i shows image `images[i]`. */
  readonly plan: AtlasPlan;
  /** Another text for other pictures. */
  readonly key: string;
  readonly #images: ArrayLike<number>;
  readonly #pictures: SquarePictures;
  readonly #folder: string | null;
  readonly #onUnkept: (text: string) => void;
  readonly #onLost: (image: number, fault: PictureFault) => void;
  readonly #inWork = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();
  /** One sheet at a time: its pixels take 12 MB, and its pictures all processors. */
  readonly #work = new Places(1);

  /**
   * `folder` holds a folder for each atlas, null: nothing is kept; `onUnkept` says why a sheet could
   * not be kept, `onLost` why a picture is crossed out on a sheet that is drawn.
   */
  constructor(
    images: ArrayLike<number>,
    pictures: SquarePictures,
    { folder, onUnkept, fineness, onLost = () => {} }: {
      readonly folder: string | null;
      readonly onUnkept: (text: string) => void;
      readonly fineness?: AtlasFineness;
      readonly onLost?: (image: number, fault: PictureFault) => void;
    },
  ) {
    this.plan = planAtlas(images.length, fineness);
    this.#images = images;
    this.#pictures = pictures;
    const { cell } = this.plan;
    const stamp = pictures.stampOf(images, cell);
    const named = sha256(Array.from(images).join(" "));
    this.key = sha256(JSON.stringify([method, cell, stamp, named])).slice(0, 24);
    this.#folder = folder === null ? null : join(folder, this.key);
    this.#onUnkept = onUnkept;
    this.#onLost = onLost;
  }

  /** A sheet as JPEG. A broken file is made anew. Pictures that are lost are crossed out. */
  async sheet(number: number): Promise<Uint8Array<ArrayBuffer>> {
    const begun = this.#inWork.get(number);
    if (begun !== undefined) return await begun;
    const work = this.#keptSheet(number).finally(() => this.#inWork.delete(number));
    this.#inWork.set(number, work);
    return await work;
  }

  async #keptSheet(number: number): Promise<Uint8Array<ArrayBuffer>> {
    const folder = this.#folder;
    if (folder === null) return await this.#work.run(() => this.#draw(number));
    const file = join(folder, `${number}.jpg`);
    return await readSheet(file) ?? await this.#work.run(async () => {
      const bytes = await this.#draw(number);
      try {
        await Deno.mkdir(folder, { recursive: true });
        await writeWhole(file, bytes);
        await keepRecent(dirname(folder), { named: /^[0-9a-f]{24}$/, most, days });
      } catch (error) {
        this.#onUnkept(`The small pictures are not kept for the next time: ${messageOf(error)}`);
      }
      return bytes;
    });
  }

  async #draw(number: number): Promise<Uint8Array<ArrayBuffer>> {
    const { plan } = this;
    const [width, height] = [plan.columns, sheetRows(plan, number)].map((n) => n * plan.cell);
    const sheet = new Uint8Array(width * height * 3).fill(0xff);
    const first = number * plan.columns ** 2;
    const turns = new EventLoopTurns();
    for (let row = 0; row * plan.cell < height; row++) {
      const places = Array.from({ length: plan.columns }, (_, column) => column)
        .filter((column) => first + row * plan.columns + column < plan.count);
      // A row at a time: files are decoded side by side, and others get their turn in between.
      await Promise.all(places.map(async (column) => {
        const image = this.#images[first + row * plan.columns + column];
        const pixels = await this.#pixels(image);
        put(sheet, width, pixels, plan.cell, column * plan.cell, row * plan.cell);
      }));
      await turns.pass();
    }
    const sharp = await loadSharp();
    const raw = { width, height, channels: 3 } as const;
    const jpeg = sharp(sheet, { raw, limitInputPixels: false })
      .jpeg({ quality: 85, chromaSubsampling: "4:4:4" });
    return new Uint8Array(await jpeg.toBuffer());
  }

  async #pixels(image: number): Promise<Uint8Array> {
    try {
      return await this.#pictures.pixels(image, this.plan.cell);
    } catch (error) {
      if (!(error instanceof PictureFault)) throw error;
      this.#onLost(image, error);
      return crossedOut(this.plan.cell);
    }
  }
}

/** A sheet that was kept; null where there is none, or its file is damaged. */
async function readSheet(file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const bytes = await Deno.readFile(file);
    const isWhole = bytes.length > 4 && bytes[0] === 0xff && bytes[1] === 0xd8 &&
      endOfImage.every((byte, i) => bytes[bytes.length - 2 + i] === byte);
    return isWhole ? bytes : null;
  } catch {
    // What cannot be read is made again.
    return null;
  }
}

function put(
  sheet: Uint8Array,
  width: number,
  pixels: Uint8Array,
  side: number,
  left: number,
  top: number,
): void {
  for (let y = 0; y < side; y++) {
    const row = pixels.subarray(3 * y * side, 3 * (y + 1) * side);
    sheet.set(row, 3 * ((top + y) * width + left));
  }
}

/** Pixels [side, side, 3] of a picture that is not there: a cross on grey. */
export function crossedOut(side: number): Uint8Array {
  const pixels = new Uint8Array(side * side * 3).fill(lostGround);
  for (let y = 0; y < side; y++) {
    for (const x of [y, side - 1 - y]) {
      pixels.fill(lostCross, 3 * (y * side + x), 3 * (y * side + x + 1));
    }
  }
  return pixels;
}
