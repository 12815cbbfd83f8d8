/**
 * Windows bitmaps, which sharp does not read; npm's readers get 16 bits, palettes or alpha wrong.
 */
import { assertSize, type RawPixels } from "./raw_pixels.ts";

/** What the headers of a bitmap say. */
interface Header {
  readonly width: number;
  readonly height: number;
  /** Whether the first row of the file is the top one; it is mostly the last. */
  readonly isTopDown: boolean;
  /** Bits of a pixel. */
  readonly bits: number;
  readonly compression: Compression;
  /** Where the palette begins. */
  readonly paletteAt: number;
  /** Colours in the palette; each has `paletteBytes`: blue, green, red and perhaps one more. */
  readonly colours: number;
  readonly paletteBytes: 3 | 4;
  /** Which bits of a pixel of 16 or 32 bits are red, green, blue and alpha; 0 for no alpha. */
  readonly masks: readonly [red: number, green: number, blue: number, alpha: number];
  /** Where the pixels begin. */
  readonly pixelsAt: number;
}

const compressions = { 0: "none", 1: "rle8", 2: "rle4", 3: "bitfields", 6: "bitfields" } as const;
type Compression = typeof compressions[keyof typeof compressions];

/** Whether bytes begin as a bitmap does. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/**
 * The pixels of a bitmap, as Pillow reads them. Throws an Error that says what is wrong with it.
 */
export function readBmp(bytes: Uint8Array, mostPixels?: number): RawPixels {
  const header = readHeader(bytes, mostPixels);
  if (header.bits <= 8) return paletted(bytes, header);
  return header.bits === 24 ? readBlueGreenRed(bytes, header) : readMasked(bytes, header);
}

/** The old header of OS/2, and the length of its head. */
const oldHeader = 12;
const fileHeader = 14;

function readHeader(bytes: Uint8Array, mostPixels?: number): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < fileHeader + oldHeader) throw new Error("the bitmap ends in its header");
  const size = view.getUint32(fileHeader, true);
  if (size !== oldHeader && (size < 40 || size > 124)) {
    throw new Error(`it is a bitmap with a header of ${size} bytes, which is not known`);
  }
  if (bytes.length < fileHeader + size) throw new Error("the bitmap ends in its header");
  const isOld = size === oldHeader;
  const width = isOld ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = isOld ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(isOld ? 24 : 28, true);
  const number = isOld ? 0 : view.getUint32(30, true);
  const compression = compressions[number as keyof typeof compressions];
  const isKnown = compression === "rle8"
    ? bits === 8
    : compression === "rle4"
    ? bits === 4
    : compression === "bitfields"
    ? bits === 16 || bits === 32
    : compression !== undefined && [1, 4, 8, 16, 24, 32].includes(bits);
  if (!isKnown) {
    throw new Error(`it is a bitmap of ${bits} bits a pixel and compression ${number}, not known`);
  }
  const height = Math.abs(signedHeight);
  assertSize(width, height, mostPixels);
  // Masks follow the shortest of the newer headers, and are a part of longer ones.
  const masksAt = fileHeader + 40;
  const hasMasks = compression === "bitfields";
  const masksEnd = masksAt + 12;
  if (hasMasks && bytes.length < masksEnd) throw new Error("the bitmap ends in its header");
  const mask = (i: number) => view.getUint32(masksAt + 4 * i, true);
  const used = isOld ? 0 : view.getUint32(46, true);
  return {
    width,
    height,
    isTopDown: signedHeight < 0,
    bits,
    compression,
    paletteAt: hasMasks && size === 40 ? masksEnd : fileHeader + size,
    colours: used === 0 ? 2 ** Math.min(bits, 8) : used,
    paletteBytes: isOld ? 3 : 4,
    masks: hasMasks
      ? [mask(0), mask(1), mask(2), size >= 56 ? mask(3) : 0]
      : bits === 16
      ? [0x7c00, 0x3e0, 0x1f, 0]
      : [0xff0000, 0xff00, 0xff, 0],
    pixelsAt: view.getUint32(10, true),
  };
}

/** Bytes of a row in the file: a multiple of four. */
function rowBytes({ width, bits }: Header): number {
  return Math.ceil(width * bits / 32) * 4;
}

/**
 * Calls back with each row of the picture, from the top, and the place in the file where it begins.
 */
function eachRow(bytes: Uint8Array, header: Header, row: (y: number, at: number) => void): void {
  const { width, height, bits, pixelsAt, isTopDown } = header;
  const stride = rowBytes(header);
  // The last row may lack what fills it up.
  const needed = pixelsAt + (height - 1) * stride + Math.ceil(width * bits / 8);
  if (bytes.length < needed) {
    throw new Error(`premature end of the bitmap: ${bytes.length} of ${needed} bytes`);
  }
  for (let y = 0; y < height; y++) row(y, pixelsAt + (isTopDown ? y : height - 1 - y) * stride);
}

function readBlueGreenRed(bytes: Uint8Array, header: Header): RawPixels {
  const { width, height } = header;
  const data = new Uint8Array(3 * width * height);
  eachRow(bytes, header, (y, at) => {
    for (let to = 3 * y * width; to < 3 * (y + 1) * width; to += 3, at += 3) {
      data[to] = bytes[at + 2];
      data[to + 1] = bytes[at + 1];
      data[to + 2] = bytes[at];
    }
  });
  return { data, width, height, channels: 3 };
}

function readMasked(bytes: Uint8Array, header: Header): RawPixels {
  const { width, height, bits, masks } = header;
  const channels = masks[3] === 0 ? 3 : 4;
  const parts = masks.slice(0, channels).map(maskedPart);
  const data = new Uint8Array(channels * width * height);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  eachRow(bytes, header, (y, at) => {
    let to = channels * y * width;
    for (let x = 0; x < width; x++) {
      const pixel = bits === 16
        ? view.getUint16(at + 2 * x, true)
        : view.getUint32(at + 4 * x, true);
      for (const part of parts) data[to++] = part(pixel);
    }
  });
  return { data, width, height, channels };
}

/** What the bits of a mask say of a pixel, scaled to 0 to 255. */
function maskedPart(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  if ((most & (most + 1)) !== 0) throw new Error(`its mask 0x${mask.toString(16)} has a gap`);
  return (pixel) => Math.floor(((pixel & mask) >>> shift) * 255 / most);
}

function paletted(bytes: Uint8Array, header: Header): RawPixels {
  const { width, height, compression } = header;
  const indices = compression === "none" ? packedIndices(bytes, header) : runIndices(bytes, header);
  const { colours, paletteAt, paletteBytes } = header;
  if (bytes.length < paletteAt + colours * paletteBytes) {
    throw new Error("the bitmap ends in its palette");
  }
  const data = new Uint8Array(3 * width * height);
  indices.forEach((index, pixel) => {
    if (index >= colours) {
      throw new Error(`a pixel has colour ${index} of a palette of ${colours}`);
    }
    const from = paletteAt + index * paletteBytes;
    data[3 * pixel] = bytes[from + 2];
    data[3 * pixel + 1] = bytes[from + 1];
    data[3 * pixel + 2] = bytes[from];
  });
  return { data, width, height, channels: 3 };
}

/** [height, width]: the palette's number of each pixel, of 1, 4 or 8 bits. */
function packedIndices(bytes: Uint8Array, header: Header): Uint8Array {
  const { width, height, bits } = header;
  const indices = new Uint8Array(width * height);
  const most = 2 ** bits - 1;
  eachRow(bytes, header, (y, at) => {
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      indices[y * width + x] = bytes[at + (bit >> 3)] >> (8 - bits - (bit & 7)) & most;
    }
  });
  return indices;
}

/** The same of runs: pairs of a length and a value; a length of 0 begins an order. */
function runIndices(bytes: Uint8Array, header: Header): Uint8Array {
  const { width, height, compression, isTopDown } = header;
  const isHalf = compression === "rle4";
  const indices = new Uint8Array(width * height);
  let [x, y, at] = [0, 0, header.pixelsAt];
  const next = () => {
    if (at >= bytes.length) throw new Error("premature end of the bitmap's runs");
    return bytes[at++];
  };
  const put = (value: number) => {
    if (x >= width || y >= height) throw new Error("a run leaves the bitmap");
    indices[(isTopDown ? y : height - 1 - y) * width + x++] = value;
  };
  /** Part number `i` of a byte that holds one value, or two of four bits. */
  const part = (byte: number, i: number) => isHalf ? (i % 2 === 0 ? byte >> 4 : byte & 15) : byte;
  while (y < height) {
    const [length, value] = [next(), next()];
    if (length > 0) {
      for (let i = 0; i < length; i++) put(part(value, i));
    } else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) break;
    else if (value === 2) [x, y] = [x + next(), y + next()];
    else {
      const end = at + Math.ceil((isHalf ? value / 2 : value) / 2) * 2;
      for (let i = 0, byte = 0; i < value; i++) {
        if (!isHalf || i % 2 === 0) byte = next();
        put(part(byte, i));
      }
      at = end;
    }
  }
  return indices;
}
