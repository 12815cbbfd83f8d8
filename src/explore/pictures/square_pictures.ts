import { decodePixels, imageFault } from "../../images/decode_image.ts";
import type { Fit } from "../../images/fit.ts";
import type { PackPictures } from "../../images/pack_pictures.ts";
import { resizeToSquare } from "../../images/resample.ts";
import { shrinkSquare } from "../../images/shrink_square.ts";
import { PictureFault } from "./picture_fault.ts";
import type { PictureFiles } from "./picture_files.ts";

/** A pack that is open, and the images of it that could not be decoded. */
export interface OpenPack {
  readonly pictures: PackPictures;
  readonly unreadable: ReadonlyMap<number, string>;
  /** Another text for other pixels. */
  readonly stamp: string;
}

/** More pixels are refused: a thumbnail is not worth the memory. */
const mostPixels = 2e8;

/**
 * Pictures as squares of a few pixels: from the pack where it has them as large as they are wanted,
 * else from their files; where a file is gone, from the pack after all.
 */
export class SquarePictures {
  readonly #files: PictureFiles;
  readonly #pack: OpenPack | null;
  readonly #fit: Fit;

  constructor(files: PictureFiles, pack: OpenPack | null, fit: Fit) {
    this.#files = files;
    this.#pack = pack;
    this.#fit = fit;
  }

  /** Pixels [side, side, 3] of an image. Throws a PictureFault where there are none. */
  async pixels(image: number, side: number): Promise<Uint8Array> {
    const pack = this.#pack;
    const isPacked = pack !== null && !pack.unreadable.has(image);
    if (isPacked && pack.pictures.size >= side) {
      return shrinkSquare(pack.pictures.pixels(image), pack.pictures.size, side);
    }
    try {
      return await this.#fromFile(image, side);
    } catch (error) {
      if (!(error instanceof PictureFault) || !isPacked) throw error;
      const { size } = pack.pictures;
      const pixels = { data: pack.pictures.pixels(image), width: size, height: size };
      return resizeToSquare(pixels, side, "crop");
    }
  }

  /** Another text where the pixels of these images may be others than before. */
  stampOf(images: ArrayLike<number>, side: number): string {
    const isPacked = this.#pack !== null && this.#pack.pictures.size >= side;
    return isPacked ? this.#pack!.stamp : this.#files.stampOf(images);
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
