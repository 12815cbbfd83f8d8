import { CsnError, messageOf, shown } from "../base/errors.ts";
import { join } from "../files/paths.ts";
import type { Split } from "./image_set.ts";
import { withoutTakenBack } from "./taken_back.ts";
import { writeWhole } from "../files/write_whole.ts";

/**
 * Where the triplets of a notion and split lie in a set's folder (reference code,
 * triplet_image_loader.py).
 */
export function tripletListPath(
  setFolder: string,
  { notion, split }: { readonly notion: string; readonly split: Split },
): string {
  return join(setFolder, "tripletlists", `${notion}_tripletlist_${split}.txt`);
}

/**
 * Reads a triplet list to [3 n] image indices: anchor, far, near of each triplet, in the order of
 * the file's lines `anchor far near`. Lines end with "\n" or "\r\n", the last one may go without;
 * empty lines after the last triplet do no harm. What follows "#" in a line is a remark, and a line
 * may be one as a whole; so lists of answers are triplet lists (see `AnswersFile` of `csn/teach`).
 *
 * Throws a CsnError that names the file and line when a line is anything else than three indices
 * below `imageCount`, and when there is no triplet.
 *
 * @example Read a notion's list
 * ```ts
 * import { openImageSet, readTripletList, tripletListPath } from "@csn/csn/sets";
 *
 * const set = await openImageSet("data/mine");
 * const file = tripletListPath(set.folder, { notion: "colour", split: "train" });
 * console.log((await readTripletList(file, set.imageFiles.length)).length / 3);
 * ```
 */
export async function readTripletList(
  file: string,
  imageCount: number,
): Promise<Uint32Array<ArrayBuffer>> {
  return (await readListedTriplets(file, imageCount)).triplets;
}

/** The triplets of a list, with their lines. */
export interface ListedTriplets {
  /** [3 n] image indices: anchor, far, near. */
  readonly triplets: Uint32Array<ArrayBuffer>;
  /** [n]: the line of each, from 1 on. */
  readonly lines: Uint32Array<ArrayBuffer>;
}

/** As `readTripletList`, with the line of each triplet. */
export async function readListedTriplets(
  file: string,
  imageCount: number,
): Promise<ListedTriplets> {
  return parseTripletList(countedLines(await readBytes(file)), file, imageCount);
}

/** How a list of answers begins; of such a list, a line counts once it is written to its end. */
export const answersHead = "# csn answers ";

/**
 * A list of answers without a last line that was not written to its end, and with what was taken
 * back as a remark; other lists as they are.
 */
export function countedLines(bytes: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(answersHead);
  const isAnswers = head.every((byte, at) => bytes[at] === byte);
  return isAnswers ? withoutTakenBack(bytes.subarray(0, bytes.lastIndexOf(newline) + 1)) : bytes;
}

/**
 * Writes triplets, [3 n] image indices in the order anchor, far, near, so that the file is whole or
 * not there. Throws a CsnError when it cannot be written.
 */
export async function writeTripletList(file: string, triplets: Uint32Array): Promise<void> {
  if (triplets.length % 3 !== 0) {
    throw new CsnError(
      `Cannot write ${file}: ${triplets.length} indices are no whole number of triplets`,
    );
  }
  const lines: string[] = [];
  for (let i = 0; i < triplets.length; i += 3) {
    lines.push(`${triplets[i]} ${triplets[i + 1]} ${triplets[i + 2]}\n`);
  }
  await writeWhole(file, lines.join(""));
}

async function readBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    const found = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : messageOf(error);
    throw new CsnError(
      `Cannot read the triplet list ${file}: ${found}; every notion of a set needs a list for each split`,
      { cause: error },
    );
  }
}

const newline = 10;
const hash = 35;
const zero = 48;
const nine = 57;

/** Spaces and tabs separate numbers; so does a carriage return, which ends a line under Windows. */
export function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 13;
}

/** Where a line's remark begins, between `start` and `stop`; `stop` where it has none. */
export function remarkAt(bytes: Uint8Array, start: number, stop: number): number {
  for (let at = start; at < stop; at++) if (bytes[at] === hash) return at;
  return stop;
}

/** Goes over the bytes once: a list has up to a million lines, and strings would take seconds. */
function parseTripletList(
  bytes: Uint8Array,
  file: string,
  imageCount: number,
): ListedTriplets {
  // The shortest line, "0 1 2\n", has six bytes.
  const most = Math.ceil((bytes.length + 1) / 6);
  const triplets = new Uint32Array(3 * most);
  const lines = new Uint32Array(most);
  let count = 0;
  let line = 1;
  let fields = 0;
  let start = 0;
  let isRemark = false;
  for (let at = 0; at <= bytes.length;) {
    const byte = at < bytes.length ? bytes[at] : newline;
    if (byte === newline) {
      if (fields === 3) {
        lines[count / 3] = line;
        count += 3;
      } else if (fields !== 0 || !isRemark) {
        if (fields === 0 && isEmptyFrom(bytes, at)) break;
        throw badLine(bytes, start, file, imageCount);
      }
      fields = 0;
      isRemark = false;
      line++;
      start = ++at;
    } else if (byte === hash) {
      isRemark = true;
      while (at < bytes.length && bytes[at] !== newline) at++;
    } else if (isBlank(byte)) {
      at++;
    } else {
      const [first, end] = [at, endOfNumber(bytes, at)];
      const index = numberAt(bytes, first, end);
      // An index at or beyond imageCount, or Infinity for a word, is refused; the error shows which
      // it is.
      if (fields === 3 || !(index < imageCount)) throw badLine(bytes, start, file, imageCount);
      triplets[count + fields++] = index;
      at = end;
    }
  }
  if (count === 0) {
    throw new CsnError(
      `Cannot use the triplet list ${file}: it is empty; write lines "anchor far near" of image indices`,
    );
  }
  return { triplets: triplets.slice(0, count), lines: lines.slice(0, count / 3) };
}

/** Where the field that begins at `at` ends. */
function endOfNumber(bytes: Uint8Array, at: number): number {
  while (
    at < bytes.length && bytes[at] !== newline && bytes[at] !== hash && !isBlank(bytes[at])
  ) at++;
  return at;
}

/** The number that a field spells, Infinity when it is none. */
function numberAt(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte < zero || byte > nine) return Infinity;
    value = 10 * value + (byte - zero);
  }
  return value;
}

/** Whether nothing but blanks and line ends follows. */
function isEmptyFrom(bytes: Uint8Array, at: number): boolean {
  while (at < bytes.length && (bytes[at] === newline || isBlank(bytes[at]))) at++;
  return at >= bytes.length;
}

/** Says what is wrong with the line that begins at byte `start`. */
function badLine(bytes: Uint8Array, start: number, file: string, imageCount: number): CsnError {
  let line = 1;
  for (let at = 0; at < start; at++) if (bytes[at] === newline) line++;
  const end = bytes.indexOf(newline, start);
  const text = new TextDecoder().decode(bytes.subarray(start, end < 0 ? bytes.length : end)).trim();
  return new CsnError(`${file}:${line}: ${shown(text)} ${whatIsWrong(text, imageCount)}`);
}

function whatIsWrong(text: string, imageCount: number): string {
  const fields = text.replace(/#.*$/, "").split(/\s+/).filter((field) => field !== "");
  const indices = `three image indices "anchor far near"`;
  if (fields.length !== 3) {
    return `has ${fields.length} ${fields.length === 1 ? "field" : "fields"}; a line is ${indices}`;
  }
  const word = fields.find((field) => !/^\d+$/.test(field));
  if (word !== undefined) {
    return `holds ${shown(word)}, which is no image index; a line is ${indices}`;
  }
  const beyond = fields.find((field) => Number(field) >= imageCount);
  return `names image ${beyond}, but the set has ${imageCount} images, 0 to ${imageCount - 1}`;
}
