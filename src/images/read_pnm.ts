/** Netpbm's pictures (PBM, PGM, PPM), which sharp does not read. */
import { roundHalfEven } from "./round_half_even.ts";
import { assertSize, type RawPixels } from "./raw_pixels.ts";

/** Whether bytes begin as one of Netpbm's pictures does: P1 to P6 and a blank or a comment. */
export function isPnm(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] >= 0x31 && bytes[1] <= 0x36 &&
    (isBlank(bytes[2]) || bytes[2] === hash);
}

const hash = 0x23;
const zero = 0x30;

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/**
 * The pixels of the first picture, as Pillow scales them. Throws an Error that says what is wrong
 * with it.
 */
export function readPnm(bytes: Uint8Array, mostPixels?: number): RawPixels {
  const kind = bytes[1] - zero;
  const reader = new Reader(bytes);
  const [width, height] = [reader.number(), reader.number()];
  assertSize(width, height, mostPixels);
  const isBitmap = kind === 1 || kind === 4;
  const most = isBitmap ? 1 : reader.number();
  if (most < 1 || most > 65_535) throw new Error(`its largest value is ${most}, not 1 to 65535`);
  const planes = kind === 3 || kind === 6 ? 3 : 1;
  const samples = kind >= 4
    ? reader.binary(kind === 4 ? 1 : most < 256 ? 8 : 16, width * planes, height)
    : reader.plain(width * planes * height, isBitmap, most);
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < data.length; i++) {
    const sample = Math.min(most, planes === 3 ? samples[i] : samples[Math.floor(i / 3)]);
    data[i] = isBitmap ? 255 * (1 - sample) : roundHalfEven(sample / most * 255);
  }
  return { data, width, height, channels: 3 };
}

/** Reads numbers that are written out, and samples. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 2;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next number after blanks and comments. */
  number(): number {
    this.#skip();
    const start = this.#at;
    let value = 0;
    while (isDigit(this.#bytes[this.#at]) && value < 1e9) {
      value = 10 * value + this.#bytes[this.#at++] - zero;
    }
    if (this.#at === start) throw this.#fault();
    return value;
  }

  /**
   * As many samples, written out; of a bitmap each is a digit, with or without blanks between them.
   */
  plain(count: number, isBitmap: boolean, most: number): Uint16Array {
    // Each has at least one digit; checked before memory is allocated.
    if (this.#bytes.length - this.#at < count) throw new Error("premature end of the picture");
    const samples = new Uint16Array(count);
    for (let i = 0; i < count; i++) {
      const sample = isBitmap ? this.#digit() : this.number();
      if (sample > most) throw new Error(`it has a value of ${sample}, its largest is ${most}`);
      samples[i] = sample;
    }
    return samples;
  }

  /** [rows, length] samples of 1, 8 or 16 bits, after one blank; rows begin with a byte. */
  binary(bits: 1 | 8 | 16, length: number, rows: number): Uint16Array {
    if (!isBlank(this.#bytes[this.#at])) throw this.#fault();
    const start = this.#at + 1;
    const stride = Math.ceil(length * bits / 8);
    if (this.#bytes.length - start < rows * stride) throw new Error("premature end of the picture");
    const samples = new Uint16Array(rows * length);
    for (let i = 0; i < samples.length; i++) {
      const column = i % length;
      const at = start + Math.floor(i / length) * stride + (column * bits >> 3);
      samples[i] = bits === 16
        ? this.#bytes[at] * 256 + this.#bytes[at + 1]
        : bits === 8
        ? this.#bytes[at]
        : this.#bytes[at] >> (7 - column % 8) & 1;
    }
    return samples;
  }

  #digit(): number {
    this.#skip();
    if (!isDigit(this.#bytes[this.#at])) throw this.#fault();
    return this.#bytes[this.#at++] - zero;
  }

  /** Passes over blanks and comments. */
  #skip(): void {
    for (let isComment = false;; this.#at++) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) return;
      if (isComment) isComment = byte !== 0x0a && byte !== 0x0d;
      else if (byte === hash) isComment = true;
      else if (!isBlank(byte)) return;
    }
  }

  #fault(): Error {
    const isEnd = this.#at >= this.#bytes.length;
    return new Error(
      isEnd ? "premature end of the picture" : `it has no number at byte ${this.#at}`,
    );
  }
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= zero + 9;
}
