import { CsnError } from "../base/errors.ts";
import { basename, dirname, join, resolve } from "./paths.ts";
import { spaceAdvice, writeFault } from "./write_fault.ts";

/** What a file is to hold: text, bytes, or bytes in pieces. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array>;

/** Folders in which this process has looked for files that killed processes left. */
const swept = new Set<string>();

/**
 * Writes a file so that it is whole or not there: beside it, flushed to the disk, renamed. Two
 * writers of one file, in one process or in two, leave the whole file of one of them. Throws a
 * CsnError when it cannot be written; what was there before is then untouched.
 */
export async function writeWhole(file: string, content: FileContent): Promise<void> {
  try {
    const folder = dirname(resolve(file));
    await sweep(folder);
    const { beside, out } = await openBeside(folder, basename(file));
    try {
      using _out = out;
      for (const bytes of piecesOf(content)) await writeAll(out, bytes);
      // Without it a power cut after the rename could leave an empty file.
      await out.sync();
      // Still locked, so that no other process removes it as one that was left behind.
      await Deno.rename(beside, file);
    } catch (error) {
      await Deno.remove(beside).catch(() => {});
      throw error;
    }
  } catch (error) {
    throw new CsnError(
      `Cannot write "${file}": ${writeFault(file, error)}; what was there before is untouched; ${
        spaceAdvice(error)
      }check the folder and its permissions`,
      { cause: error },
    );
  }
}

/**
 * Throws what the system says when no file can be made beside `file`, which is how it would be
 * written.
 */
export async function tryWriting(file: string): Promise<void> {
  const { beside, out } = await openBeside(dirname(resolve(file)), basename(file));
  out.close();
  await Deno.remove(beside);
}

/** Whether a file of this name is one that `writeWhole` has begun. */
export function isBegunFile(name: string): boolean {
  return /^\..+\.\d+-[0-9a-f]{8}\.part$/.test(name);
}

/** A new file beside the one that is written, locked as long as it is open. */
async function openBeside(
  folder: string,
  name: string,
): Promise<{ beside: string; out: Deno.FsFile }> {
  for (;;) {
    const number = crypto.getRandomValues(new Uint8Array(4)).toHex();
    const beside = join(folder, `.${name}.${Deno.pid}-${number}.part`);
    const out = await Deno.open(beside, { write: true, createNew: true });
    try {
      // A disk that knows no locks keeps what killed processes leave on it.
      await out.tryLock(true).catch(() => true);
      if (await isThere(beside)) return { beside, out };
    } catch (error) {
      out.close();
      throw error;
    }
    // Another process took it for one that was left behind, before it was locked.
    out.close();
  }
}

/** Removes what processes left that were killed while they wrote: files that nobody locks. */
async function sweep(folder: string): Promise<void> {
  if (swept.has(folder)) return;
  swept.add(folder);
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && isBegunFile(name)) await removeUnlocked(join(folder, name));
    }
  } catch {
    // A folder that cannot be listed may still be written to; where it is missing, opening the file
    // says so.
  }
}

async function removeUnlocked(path: string): Promise<void> {
  try {
    using file = await Deno.open(path, { read: true, write: true });
    if (await file.tryLock(true)) await Deno.remove(path);
  } catch {
    // It is gone already, or cannot be distinguished from one that is being written.
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

function piecesOf(content: FileContent): Iterable<Uint8Array> {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}

async function writeAll(out: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await out.write(bytes.subarray(at));
}
