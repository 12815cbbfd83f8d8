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
const mostPixels = 0x3fff ** 2;

/** Throws an Error for sides that no picture has, before memory is allocated for it. */
export function assertSize(width: number, height: number): void {
  if (width >= 1 && height >= 1 && width * height <= mostPixels) return;
  throw new Error(`it says that it is ${width} by ${height} pixels large`);
}
