import { decodePixels, imageFault } from "../../images/decode_image.ts";
import type { Fit } from "../../images/fit.ts";
import { PackPictures } from "../../images/pack_pictures.ts";
import { resizeToSquare } from "../../images/resample.ts";
import { shrinkSquare } from "../../images/shrink_square.ts";
import type { Pack } from "../../sets/pack/pack.ts";
import { PictureFault } from "./picture_fault.ts";
import type { PictureFiles } from "./picture_files.ts";

/** A pack as far as its pictures are shown. */
export type ShownPack = Pick<Pack, "path" | "imageSize" | "bytes" | "unreadable">;

/** More pixels are refused: a thumbnail is not worth the memory. */
const mostPixels = 2e8;

/**
 * Pictures as squares of a few pixels: from the pack where it has them as large as they are wanted,
 * else from their files; where a file is gone, from the pack after all.
 */
export class SquarePictures {
  readonly #files: PictureFiles;
  readonly #pack: ShownPack | null;
  readonly #unpacked: ReadonlySet<number>;
  readonly #fit: Fit;

  constructor(files: PictureFiles, pack: ShownPack | null, fit: Fit) {
    this.#files = files;
    this.#pack = pack;
    this.#unpacked = new Set(pack?.unreadable.map(({ image }) => image));
    this.#fit = fit;
  }

  /** Pixels [side, side, 3] of an image. Throws a PictureFault where there are none. */
  async pixels(image: number, side: number): Promise<Uint8Array> {
    const pack = this.#unpacked.has(image) ? null : this.#pack;
    if (pack !== null && pack.imageSize >= side) {
      return shrinkSquare(await packedPixels(pack, image), pack.imageSize, side);
    }
    try {
      return await this.#fromFile(image, side);
    } catch (error) {
      if (!(error instanceof PictureFault) || pack === null) throw error;
      const { imageSize } = pack;
      const data = await packedPixels(pack, image);
      return resizeToSquare({ data, width: imageSize, height: imageSize }, side, "crop");
    }
  }

  /** Another text where the pixels of these images may be others than before. */
  stampOf(images: ArrayLike<number>, side: number): string {
    const pack = this.#pack;
    if (pack === null || pack.imageSize < side) return this.#files.stampOf(images);
    return JSON.stringify([pack.path, pack.bytes, pack.imageSize]);
  }

  async #fromFile(image: number, side: number): Promise<Uint8Array> {
    const bytes = await this.#files.read(image);
    try {
      return await decodePixels(bytes, side, { fit: this.#fit, mostPixels });
    } catch (error) {
      throw this.#files.broken(image, imageFault(error), error);
    }
  }
}

/** The file is opened for each image: nothing is held that nobody closes. */
async function packedPixels({ path, imageSize }: ShownPack, image: number): Promise<Uint8Array> {
  using pictures = await PackPictures.open(path, imageSize);
  return pictures.pixels(image);
}
