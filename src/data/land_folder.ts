import { CsnError, messageOf } from "../errors.ts";
import { FileLock } from "../file_lock.ts";
import { exists, removeAll } from "../folders.ts";
import { basename, dirname, join } from "../paths.ts";

/** How a folder is made. */
export interface LandOptions {
  /** What is attempted, for errors: "Cannot make the fonts set". */
  readonly failing: string;
  /** Replace what lies there. */
  readonly overwrite: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Lets `fill` write a new folder beside `target` and renames it, so that `target` is whole or not there.
 * Throws a CsnError when another process makes it or it cannot be written.
 */
export async function landFolder<T>(
  target: string,
  { failing, overwrite, signal }: LandOptions,
  fill: (work: string) => Promise<T>,
): Promise<T> {
  await Deno.mkdir(dirname(target), { recursive: true });
  using _lock = await FileLock.take(
    join(dirname(target), `.${basename(target)}.lock`),
    `${failing} in ${target}`,
    "wait until it is done",
  );
  const work = join(dirname(target), `.${basename(target)}.part`);
  await removeAll(work);
  try {
    await Deno.mkdir(work);
    const result = await fill(work);
    await land(work, target, overwrite);
    return result;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CsnError) throw error;
    // A full disk, for one.
    throw new CsnError(`${failing} in ${target}: ${messageOf(error)}`, { cause: error });
  } finally {
    await removeAll(work);
  }
}

/** Puts the finished folder in its place. */
async function land(work: string, target: string, overwrite: boolean): Promise<void> {
  const old = `${work}.old`;
  await removeAll(old);
  if (overwrite && await exists(target)) await Deno.rename(target, old);
  await Deno.rename(work, target);
  await removeAll(old);
}

/** Whether there is nothing at a path, or an empty folder. */
export async function isFree(path: string): Promise<boolean> {
  if (!await exists(path)) return true;
  if (!(await Deno.stat(path)).isDirectory) return false;
  for await (const _ of Deno.readDir(path)) return false;
  return true;
}
