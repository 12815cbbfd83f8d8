import { CsnError, messageOf } from "../base/errors.ts";
import { FileLock } from "../files/file_lock.ts";
import { currentFolders, exists, infoOf, isWithin, removeAll, someOf } from "../files/exists.ts";
import type { Listener } from "../base/listener.ts";
import { basename, dirname, join, resolve } from "../files/paths.ts";
import { spaceAdvice, writeFault } from "../files/write_fault.ts";
import { type FolderContents, setContents } from "./set_contents.ts";

/** What a folder holds that is made. */
export interface FolderKind {
  /** "image set" */
  readonly name: string;
  /** The same in one word. */
  readonly short: string;
  /** The option that names the folder. */
  readonly option: string;
  /** Looks through a folder that lies there. */
  readonly contentsOf: (folder: string) => Promise<FolderContents>;
}

const imageSet: FolderKind = {
  name: "image set",
  short: "set",
  option: "folder",
  contentsOf: setContents,
};

/** How a folder is made. */
export interface LandOptions {
  /** What is attempted, for errors: "Cannot make the fonts set". */
  readonly failing: string;
  /** What is made. @default {an image set} */
  readonly kind?: FolderKind;
  /** Replace what of that kind lies there. */
  readonly overwrite: boolean;
  /** Files and folders that it is made from, which are never replaced. */
  readonly madeFrom?: readonly string[];
  readonly listener?: Listener;
  readonly signal?: AbortSignal;
}

/**
 * Lets `fill` write a new folder, an image set unless `kind` says otherwise, beside `target` and
 * renames it, so that `target` is whole or not there. Only one of the same kind with nothing of the
 * user's in it is ever replaced, and only with `overwrite`; it is there until the new one takes its
 * place. Throws a CsnError when something else lies there, another process makes it, or it cannot be
 * written.
 */
export async function landFolder<T>(
  target: string,
  options: LandOptions,
  fill: (work: string) => Promise<T>,
): Promise<T> {
  const { failing, kind = imageSet, listener, signal } = options;
  try {
    await assertReplaceable(target, options);
    await Deno.mkdir(dirname(target), { recursive: true });
    using _lock = await FileLock.take(
      beside(target, "lock"),
      `${failing} in ${target}`,
      "wait until it is done",
    );
    await clearUp(target, kind, listener);
    const work = beside(target, "part");
    try {
      await Deno.mkdir(work);
      const result = await fill(work);
      signal?.throwIfAborted();
      // Much may have been put there in the meantime.
      await assertReplaceable(target, options);
      await land(work, target, kind, listener);
      return result;
    } finally {
      await removeAll(work);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CsnError) throw error;
    throw new CsnError(
      `${failing} in ${target}: ${writeFault(target, error)}; ${
        spaceAdvice(error)
      }choose a folder that can be written with \`${kind.option}\``,
      { cause: error },
    );
  }
}

/** A hidden name in the folder of `target`. */
function beside(target: string, ending: string): string {
  return join(dirname(target), `.${basename(target)}.${ending}`);
}

/** Removes what a killed run left half made, and puts a set back that it was about to replace. */
async function clearUp(
  target: string,
  { short }: FolderKind,
  listener?: Listener,
): Promise<void> {
  await removeAll(beside(target, "part"));
  // A set gets this name only when the new one is in its place.
  await removeAll(beside(target, "replaced"));
  const old = beside(target, "old");
  if (!await exists(old)) return;
  if (await isFree(target)) {
    await Deno.rename(old, target);
    listener?.notice?.(
      `${target} is back: a run that was to replace it was stopped in the middle`,
    );
  } else {
    listener?.warning?.(
      `${old} holds the ${short} that a stopped run was to replace; it is kept: remove it when it is of no use`,
    );
  }
}

/** Puts the finished folder in its place; what it replaces is removed last of all. */
async function land(
  work: string,
  target: string,
  { short }: FolderKind,
  listener?: Listener,
): Promise<void> {
  if (await isFree(target)) return await Deno.rename(work, target);
  const old = await freeName(beside(target, "old"));
  await Deno.rename(target, old);
  try {
    await Deno.rename(work, target);
  } catch (error) {
    await Deno.rename(old, target).catch(() => {
      throw new CsnError(
        `Cannot put the new ${short} in ${target}: ${
          messageOf(error)
        }; the one before lies in ${old}`,
        { cause: error },
      );
    });
    throw error;
  }
  const replaced = beside(target, "replaced");
  try {
    await Deno.rename(old, replaced);
    await removeAll(replaced);
  } catch (error) {
    listener?.warning?.(
      `the ${short} that was replaced could not be removed whole (${messageOf(error)})`,
    );
  }
}

async function freeName(path: string): Promise<string> {
  for (let number = 1;; number++) {
    const name = number === 1 ? path : `${path}-${number}`;
    if (!await exists(name)) return name;
  }
}

/** Throws a CsnError, which names what is in the way, unless a folder may be put at `target`. */
async function assertReplaceable(target: string, options: LandOptions): Promise<void> {
  const { failing, kind = imageSet, overwrite, madeFrom = [] } = options;
  const elsewhere = `choose another folder with \`${kind.option}\``;
  const refuse = (found: string, remedy = elsewhere) =>
    new CsnError(`${failing} in ${target}: ${found}; ${remedy}`);
  const info = await infoOf(target);
  if (info === null) return;
  if (info.isSymlink) {
    throw refuse(`it is a link to ${await Deno.readLink(target)}`, `remove it, or ${elsewhere}`);
  }
  if (!info.isDirectory) throw refuse("it is a file");
  for (const path of madeFrom) {
    if (!await isWithin(path, target)) continue;
    throw refuse(`${path}, from which it is to be made, lies there`);
  }
  for (const folder of currentFolders()) {
    if (!await isWithin(folder, target)) continue;
    throw refuse("it is the folder that you stand in, or one above it");
  }
  if (await isFree(target)) return;
  const { isOfKind, foreign } = await kind.contentsOf(target);
  if (!isOfKind) throw refuse(`there is something else, no ${kind.name} (${someOf(foreign)})`);
  if (foreign.length > 0) {
    throw refuse(
      `files lie in that ${kind.short} that csn did not put there (${
        someOf(foreign)
      }), so it is not replaced`,
      `move them away, or ${elsewhere}`,
    );
  }
  if (!overwrite) {
    throw refuse(
      "there is something already",
      `${elsewhere}, or replace it with \`overwrite: true\``,
    );
  }
}

/** Whether there is nothing at a path, or an empty folder. */
async function isFree(path: string): Promise<boolean> {
  if (!await exists(path)) return true;
  for await (const _ of Deno.readDir(resolve(path))) return false;
  return true;
}
