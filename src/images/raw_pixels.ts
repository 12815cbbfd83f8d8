import { CsnError } from "../base/errors.ts";

/** Pixels of an image as a reader found them: uint8 [height, width, channels]. */
export interface RawPixels {
  /** Rows from the top, each pixel red, green, blue and perhaps alpha. */
  readonly data: Uint8Array;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** 4 with alpha. */
  readonly channels: 3 | 4;
}

/** As many pixels as sharp takes. */
export const mostPixelsEver = 0x3fff ** 2;

/** An image has more pixels than are taken. */
export class TooManyPixelsError extends CsnError {
  override readonly name: string = "TooManyPixelsError";
}

/**
 * Throws an Error for sides that no picture has, and a TooManyPixelsError for more than
 * `mostPixels`, before memory is allocated for it.
 */
export function assertSize(width: number, height: number, mostPixels = mostPixelsEver): void {
  if (width >= 1 && height >= 1 && width * height <= mostPixels) return;
  if (mostPixels < mostPixelsEver && width >= 1 && height >= 1) {
    throw new TooManyPixelsError(
      `Cannot decode an image of ${width} by ${height} pixels: at most ${
        Number((mostPixels / 1e6).toFixed(3))
      } million pixels are taken; make it smaller`,
    );
  }
  throw new Error(`it says that it is ${width} by ${height} pixels large`);
}
