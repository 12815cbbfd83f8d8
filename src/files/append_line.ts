import { CsnError } from "../base/errors.ts";
import { dirname } from "./paths.ts";
import { spaceAdvice, writeFault } from "./write_fault.ts";

/** A file of lines that only grows. */
export interface GrowingFile {
  /** Its first line, without its end. */
  readonly head: string;
  /** What such files begin with: nothing is ever added to, or taken from, another. @default {head} */
  readonly mark?: string;
  /** What its lines are, for errors: "a mark". */
  readonly what: string;
  /** Whether a last line without an end is whole, and lacks nothing else. */
  readonly isWhole: (line: string) => boolean;
}

/**
 * Adds a line to a file's end and flushes it to the disk, or leaves the file as it was. Any number
 * of processes may add lines at once, and may be killed at any moment. A last line that was not
 * finished is taken away first; one that lacks but its end is given that. Throws a CsnError where
 * that fails.
 */
export async function appendLine(
  path: string,
  line: string,
  growing: GrowingFile,
): Promise<void> {
  await appendLines(path, [line], growing);
}

/** As `appendLine`, with several lines: all of them are added, or none. */
export async function appendLines(
  path: string,
  lines: readonly string[],
  growing: GrowingFile,
): Promise<void> {
  const { head, what } = growing;
  try {
    using file = await lockedFile(path);
    const before = await mended(file, path, growing);
    if (before === 0) await syncFolder(dirname(path));
    try {
      await writeAll(
        file,
        new TextEncoder().encode(
          [...before === 0 ? [head] : [], ...lines].map((line) => `${line}\n`).join(""),
        ),
      );
      await file.syncData();
    } catch (error) {
      // Part of a line may stand there now.
      await file.truncate(before).catch(() => {});
      throw error;
    }
  } catch (error) {
    if (error instanceof CsnError) throw error;
    throw new CsnError(
      `Cannot write ${what} to ${path}: ${
        writeFault(path, error)
      }; it does not count, and earlier ones are kept; ${
        spaceAdvice(error)
      }check the folder and its permissions`,
      { cause: error },
    );
  }
}

/** The file, made where there is none, and locked until it is closed: others wait. */
async function lockedFile(path: string): Promise<Deno.FsFile> {
  for (;;) {
    const file = await Deno.open(path, { read: true, append: true, create: true });
    try {
      // A disk that knows no locks takes whole lines all the same.
      await file.lock(true).catch(() => {});
      const [mine, there] = [await file.stat(), await Deno.stat(path).catch(() => null)];
      if (there !== null && mine.ino === there.ino && mine.dev === there.dev) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    // Somebody removed or replaced it just now.
    file.close();
  }
}

/** More than a line has, whose names may be long. */
const tailBytes = 65_536;

/** Takes away a last line that was not finished, or ends it; returns the file's length. */
async function mended(
  file: Deno.FsFile,
  path: string,
  { head, mark = head, what, isWhole }: GrowingFile,
): Promise<number> {
  const { size } = await file.stat();
  const begun = new TextDecoder().decode(await bytesAt(file, 0, Math.min(size, mark.length)));
  if (!mark.startsWith(begun)) {
    throw new CsnError(
      `Cannot add ${what} to ${path}: it is another file, which does not begin with ${mark.trim()}; choose another file`,
    );
  }
  const from = Math.max(0, size - tailBytes);
  const tail = await bytesAt(file, from, size - from);
  const end = from + tail.lastIndexOf(10) + 1;
  if (end === size) return size;
  if (end === from && from > 0) {
    throw new CsnError(
      `Cannot add ${what} to ${path}: its last line has more than ${tailBytes} bytes; remove it`,
    );
  }
  const last = new TextDecoder().decode(tail.subarray(end - from));
  if (last === head || isWhole(last)) {
    await writeAll(file, Uint8Array.of(10));
    return size + 1;
  }
  await file.truncate(end);
  return end;
}

async function bytesAt(file: Deno.FsFile, from: number, length: number): Promise<Uint8Array> {
  await file.seek(from, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const read = await file.read(bytes.subarray(done));
    if (read === null) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** So that a file which was just made is found after a power cut. */
async function syncFolder(folder: string): Promise<void> {
  try {
    using open = await Deno.open(folder);
    await open.sync();
  } catch {
    // Not every system can.
  }
}
