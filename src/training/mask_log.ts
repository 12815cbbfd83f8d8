/** The masks of a run by epoch: masks.jsonl, of runs that learn masks. */
import { CsnError, messageOf } from "../base/errors.ts";
import { join } from "../files/paths.ts";
import { writeWhole } from "../files/write_whole.ts";
import { appendText, linesOf, members, readText, wholeLines } from "./log_lines.ts";

/** What the masks of a run were after an epoch: a line of masks.jsonl. */
export interface EpochMasks {
  /** Counted from 1. */
  readonly epoch: number;
  /** Masks after ReLU, [notion][dimension], in the order of the run's notions. */
  readonly masks: readonly (readonly number[])[];
}

/** Adds an epoch's masks to masks.jsonl. Throws a CsnError when it cannot be written. */
export async function appendMasks(folder: string, { epoch, masks }: EpochMasks): Promise<void> {
  const short = masks.map((mask) => mask.map(shortest));
  await appendText(masksPath(folder), () => JSON.stringify({ epoch, masks: short }) + "\n");
}

/**
 * Reads masks.jsonl; no epochs when there is no such file, as of a run whose masks are not learned
 * and of one that an older csn made. Throws a CsnError that names file and line of what is not an
 * epoch's masks.
 *
 * @example How many dimensions the first notion used after each epoch
 * ```ts
 * import { readMasks } from "@csn/csn/train";
 *
 * for (const { epoch, masks } of await readMasks("runs/mine")) {
 *   console.log(epoch, masks[0].filter((value) => value > 0).length);
 * }
 * ```
 */
export async function readMasks(folder: string): Promise<EpochMasks[]> {
  const file = masksPath(folder);
  const text = await readText(file);
  return linesOf(text ?? "").map((line, i) => parseMasks(line, `${file}:${i + 1}`));
}

/**
 * Keeps the epochs up to `epoch`; a last line that a kill cut short goes, too. Throws a CsnError as
 * `readMasks`, with the file as it was.
 */
export async function cutBackMasks(folder: string, epoch: number): Promise<void> {
  const file = masksPath(folder);
  const text = await readText(file);
  if (text === null) return;
  const kept = wholeLines(linesOf(text), (line) => parseMasks(line, ""))
    .filter((line, i) => parseMasks(line, `${file}:${i + 1}`).epoch <= epoch);
  await writeWhole(file, kept.map((line) => line + "\n").join(""));
}

function masksPath(folder: string): string {
  return join(folder, "masks.jsonl");
}

/** The number of fewest digits that is this one in float32. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}

/** The masks of a line of masks.jsonl. Throws a CsnError that names its `place`. */
export function parseMasks(line: string, place: string): EpochMasks {
  const problem = (what: string) =>
    new CsnError(
      `Cannot read masks: ${place}: ${what}; a line is the masks of one epoch as JSON; mend or delete the line`,
    );
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw problem(messageOf(error));
  }
  const { epoch, masks } = members(value);
  if (typeof epoch !== "number") throw problem('"epoch" is missing or of the wrong kind');
  if (!isTable(masks)) throw problem('"masks" is no table of numbers');
  return value as EpochMasks;
}

/** Whether a value is rows of equally many numbers. */
function isTable(value: unknown): boolean {
  return Array.isArray(value) &&
    value.every((row) =>
      Array.isArray(row) && row.length === value[0].length &&
      row.every((each) => typeof each === "number")
    );
}
