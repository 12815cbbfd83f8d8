import { countedLines, isBlank, remarkAt } from "../triplet_list.ts";

/** What stands in a triplet list, good or bad. */
export interface ListScan {
  /** [3 n] image indices of the lines that are triplets: anchor, far, near. */
  readonly triplets: Uint32Array;
  /** [n] the line of each, from 1 on. */
  readonly lines: Uint32Array;
  /** Lines that are not three whole numbers. */
  readonly malformed: readonly BadLine[];
  /** Lines with an index that is out of range. */
  readonly outOfRange: readonly BadLine[];
}

/** A line that is no triplet. */
export interface BadLine {
  readonly line: number;
  readonly text: string;
}

/** Characters of a bad line that are kept. */
const shownCharacters = 80;

/**
 * Reads a triplet list as `readTripletList` does, but goes on after bad lines. Empty lines at the
 * end do no harm; what follows "#" is a remark.
 */
export function scanList(given: Uint8Array, imageCount: number): ListScan {
  const bytes = countedLines(given);
  const end = lengthWithoutBlanks(bytes);
  // The shortest line, "0 1 2\n", has six bytes.
  const most = Math.ceil((end + 1) / 6);
  const triplets = new Uint32Array(3 * most);
  const lines = new Uint32Array(most);
  const [malformed, outOfRange]: BadLine[][] = [[], []];
  let count = 0;
  let line = 0;
  for (let start = 0; start < end;) {
    const stop = lineEnd(bytes, start, end);
    line++;
    const remark = remarkAt(bytes, start, stop);
    if (remark < stop && isBlankTo(bytes, start, remark)) {
      start = stop + 1;
      continue;
    }
    const isTriplet = readLine(bytes, start, remark);
    if (!isTriplet) malformed.push({ line, text: textOf(bytes, start, stop) });
    else if (fields.some((index) => index >= imageCount)) {
      outOfRange.push({ line, text: textOf(bytes, start, stop) });
    } else {
      triplets.set(fields, 3 * count);
      lines[count++] = line;
    }
    start = stop + 1;
  }
  return {
    triplets: triplets.slice(0, 3 * count),
    lines: lines.slice(0, count),
    malformed,
    outOfRange,
  };
}

/** The numbers of the line that was read last; one array, because there are millions of lines. */
const fields: [number, number, number] = [0, 0, 0];

/** Reads three numbers into `fields`; false when the line is anything else. */
function readLine(bytes: Uint8Array, start: number, stop: number): boolean {
  let found = 0;
  for (let at = start; at < stop;) {
    if (isBlank(bytes[at])) {
      at++;
      continue;
    }
    if (found === 3) return false;
    let value = 0;
    for (; at < stop && !isBlank(bytes[at]); at++) {
      const digit = bytes[at] - 48;
      if (!(digit >= 0 && digit <= 9)) return false;
      value = 10 * value + digit;
    }
    fields[found++] = value;
  }
  return found === 3;
}

function isBlankTo(bytes: Uint8Array, start: number, stop: number): boolean {
  for (let at = start; at < stop; at++) if (!isBlank(bytes[at])) return false;
  return true;
}

function lineEnd(bytes: Uint8Array, start: number, end: number): number {
  const found = bytes.indexOf(10, start);
  return found < 0 || found > end ? end : found;
}

function lengthWithoutBlanks(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 10 || isBlank(bytes[end - 1]))) end--;
  return end;
}

function textOf(bytes: Uint8Array, start: number, stop: number): string {
  const text = new TextDecoder().decode(bytes.subarray(start, Math.min(stop, start + 400))).trim();
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}...` : text;
}
