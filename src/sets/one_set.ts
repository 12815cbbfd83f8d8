import { CsnError } from "../base/errors.ts";
import { isObject } from "../base/json_values.ts";
import { infoOf } from "../files/exists.ts";
import { join, resolve } from "../files/paths.ts";
import { sha256 } from "../files/sha256.ts";

/** The folder that a set's path led to. */
export interface SetPlace {
  /** Absolute path. */
  readonly folder: string;
  /** Its number on the disk; null when there was none. A set is replaced by rename, as a whole. */
  readonly number: string | null;
  /** SHA-256 of what says how it was made; null for a set of which that is not known. */
  readonly made: string | null;
}

/** Notes which folder a set's path leads to. */
export async function placeOfSet(folder: string): Promise<SetPlace> {
  return { folder: resolve(folder), number: await numberOf(folder), made: await madeOf(folder) };
}

/**
 * Throws a CsnError when another set has been put in the place of the one that was noted. One that
 * was made in the same way is the same to the byte; some network disks number folders anew.
 */
export async function assertSameSet(
  { folder, number, made }: SetPlace,
  cause?: unknown,
): Promise<void> {
  const now = await numberOf(folder);
  // Where none is, there are no two to take for one; whoever reads it says that it is gone.
  if (number === null || now === null || number === now) return;
  if (made !== null && made === await madeOf(folder)) return;
  throw new CsnError(
    `Cannot use the image set ${folder}: another one was put in its place meanwhile, so what was read may be of both; run it again`,
    { cause },
  );
}

/**
 * Does work that reads a set more than once. Throws a CsnError when the set was replaced meanwhile,
 * whatever came of the work; `discard` then gets its result.
 */
export async function withOneSet<T>(
  folder: string,
  work: () => Promise<T>,
  discard: (result: T) => void | PromiseLike<void> = () => {},
): Promise<T> {
  const place = await placeOfSet(folder);
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await assertSameSet(place, error);
    throw error;
  }
  try {
    await assertSameSet(place);
  } catch (error) {
    await discard(result);
    throw error;
  }
  return result;
}

async function numberOf(folder: string): Promise<string | null> {
  const info = await infoOf(folder, Deno.stat);
  return info === null ? null : `${info.dev} ${info.ino}`;
}

async function madeOf(folder: string): Promise<string | null> {
  try {
    const texts = await Promise.all(
      ["set.json", "filenames.json"].map((file) => Deno.readTextFile(join(folder, file))),
    );
    return isObject(JSON.parse(texts[0]).made) ? sha256(texts.join("\0")) : null;
  } catch {
    // Whoever reads the set says what is wrong with it.
    return null;
  }
}
