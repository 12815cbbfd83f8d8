import { roundHalfEven } from "./round_half_even.ts";
import { type Fit, padColour } from "./fit.ts";

/** Pixels of an image: uint8 [height, width, 3]. */
export interface Pixels {
  /** Rows from the top, each pixel red, green, blue. */
  readonly data: Uint8Array;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Weights are whole numbers with this many bits behind the point, as Pillow's (Resample.c). */
const precisionBits = 22;
const half = 1 << (precisionBits - 1);

/** For some consecutive pixels of one axis of the result: the source pixels each is made of. */
interface Weights {
  /** First source pixel of each. */
  readonly first: Int32Array;
  /** How many source pixels each is made of. */
  readonly count: Int32Array;
  /** Their weights, [pixels, stride]. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/**
 * Makes an image a square, [size, size, 3]. Cropped, to the bit what torchvision's Resize and
 * CenterCrop do with a Pillow image; padded, what Pillow's ImageOps.pad does with BILINEAR, but
 * that a side of a very long image is never less than a pixel. (Pillow 13 shrinks images that are
 * more than twice as tall as wide in the other direction first; rounding then differs by 1 in some
 * pixels.) libvips is no replacement: it enlarges with a shift of a fraction of a pixel, and the
 * images of Zappos50k are enlarged.
 */
export function resizeToSquare(
  pixels: Pixels,
  size: number,
  fit: Fit,
): Uint8Array<ArrayBuffer> {
  const colour = padColour(fit);
  return colour === null ? resizeAndCrop(pixels, size) : resizeAndPad(pixels, size, colour);
}

/** The short side scaled to `size`, and the middle of the long one. */
function resizeAndCrop({ data, width, height }: Pixels, size: number): Uint8Array<ArrayBuffer> {
  // torchvision: int(size * long / short), and the crop begins at int(round((long - size) / 2)).
  const short = Math.min(width, height);
  const outWidth = width === short ? size : Math.floor(size * width / short);
  const outHeight = height === short ? size : Math.floor(size * height / short);
  const across = bilinearWeights(width, outWidth, roundHalfEven((outWidth - size) / 2), size);
  const down = bilinearWeights(height, outHeight, roundHalfEven((outHeight - size) / 2), size);
  return resize(data, width, across, down);
}

/** The long side scaled to `size`, and `colour` on both sides of the short one. */
function resizeAndPad(
  { data, width, height }: Pixels,
  size: number,
  colour: readonly number[],
): Uint8Array<ArrayBuffer> {
  const shortened = (short: number, long: number) =>
    Math.max(1, roundHalfEven(short / long * size));
  const columns = width < height ? shortened(width, height) : size;
  const rows = height < width ? shortened(height, width) : size;
  const image = resize(
    data,
    width,
    bilinearWeights(width, columns, 0, columns),
    bilinearWeights(height, rows, 0, rows),
  );
  const [left, top] = [roundHalfEven((size - columns) / 2), roundHalfEven((size - rows) / 2)];
  const square = new Uint8Array(size * size * 3);
  for (let i = 0; i < square.length; i++) square[i] = colour[i % 3];
  for (let row = 0; row < rows; row++) {
    const pixels = image.subarray(3 * row * columns, 3 * (row + 1) * columns);
    square.set(pixels, 3 * ((top + row) * size + left));
  }
  return square;
}

/** [rows, columns, 3], of which `across` makes the columns and `down` the rows. */
function resize(
  data: Uint8Array,
  width: number,
  across: Weights,
  down: Weights,
): Uint8Array<ArrayBuffer> {
  // Rows above and below what is needed are not computed.
  const last = down.first.length - 1;
  const top = down.first[0];
  const rows = down.first[last] + down.count[last] - top;
  return resizeDown(resizeAcross(data, width, top, rows, across), across.first.length, top, down);
}

/**
 * Weights of the `length` result pixels from `from` on when `inSize` pixels become `outSize`: a
 * triangle that widens when the image shrinks (Pillow's precompute_coeffs).
 */
function bilinearWeights(inSize: number, outSize: number, from: number, length: number): Weights {
  const scale = inSize / outSize;
  const support = Math.max(1, scale);
  const stride = 2 * Math.ceil(support) + 1;
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < length; i++) {
    const centre = (from + i + 0.5) * scale;
    first[i] = Math.max(0, Math.trunc(centre - support + 0.5));
    count[i] = Math.min(inSize, Math.trunc(centre + support + 0.5)) - first[i];
    let sum = 0;
    for (let k = 0; k < count[i]; k++) {
      const distance = Math.abs(first[i] + k - centre + 0.5) * (1 / support);
      exact[k] = distance < 1 ? 1 - distance : 0;
      sum += exact[k];
    }
    for (let k = 0; k < count[i]; k++) {
      weights[i * stride + k] = Math.trunc(0.5 + exact[k] / sum * (1 << precisionBits));
    }
  }
  return { first, count, weights, stride };
}

/** [rows, columns, 3] from the source rows `top` to `top + rows`. */
function resizeAcross(
  source: Uint8Array,
  width: number,
  top: number,
  rows: number,
  { first, count, weights, stride }: Weights,
): Uint8Array {
  const columns = first.length;
  const result = new Uint8Array(rows * columns * 3);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    const start = (top + row) * width;
    for (let column = 0; column < columns; column++) {
      let [red, green, blue] = [half, half, half];
      let from = 3 * (start + first[column]);
      const end = column * stride + count[column];
      for (let k = column * stride; k < end; k++) {
        const weight = weights[k];
        red += source[from++] * weight;
        green += source[from++] * weight;
        blue += source[from++] * weight;
      }
      result[to++] = clamp(red);
      result[to++] = clamp(green);
      result[to++] = clamp(blue);
    }
  }
  return result;
}

/** [rows, columns, 3] from the source's rows from number `top` on, [..., columns, 3]. */
function resizeDown(
  source: Uint8Array,
  columns: number,
  top: number,
  { first, count, weights, stride }: Weights,
): Uint8Array<ArrayBuffer> {
  const rowLength = 3 * columns;
  const rows = first.length;
  const result = new Uint8Array(rows * rowLength);
  for (let row = 0; row < rows; row++) {
    const start = (first[row] - top) * rowLength;
    for (let i = 0; i < rowLength; i++) {
      let sum = half;
      for (let k = 0; k < count[row]; k++) {
        sum += source[start + k * rowLength + i] * weights[row * stride + k];
      }
      result[row * rowLength + i] = clamp(sum);
    }
  }
  return result;
}

/** The whole part of a sum, within a byte: rounded weights may add up to a little more than 1. */
function clamp(sum: number): number {
  return Math.min(255, sum >> precisionBits);
}
