import { CsnError } from "../base/errors.ts";
import { infoOf } from "../files/exists.ts";
import { resolve } from "../files/paths.ts";

/** The folder that a set's path led to. */
export interface SetPlace {
  /** Absolute path. */
  readonly folder: string;
  /** Its number on the disk; null when there was none. A set is replaced by rename, as a whole. */
  readonly number: string | null;
}

/** Notes which folder a set's path leads to. */
export async function placeOfSet(folder: string): Promise<SetPlace> {
  return { folder: resolve(folder), number: await numberOf(folder) };
}

/** Throws a CsnError when another set has been put in the place of the one that was noted. */
export async function assertSameSet({ folder, number }: SetPlace, cause?: unknown): Promise<void> {
  if (number === await numberOf(folder)) return;
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
