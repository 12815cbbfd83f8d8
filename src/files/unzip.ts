import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
// @ts-types="@types/yauzl"
import type { Entry, ZipFile } from "yauzl";
import { CsnError, messageOf } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { dirname, join, resolve } from "./paths.ts";
import { exists, removeAll } from "./exists.ts";

/** How an archive is unpacked, and how much it may hold. */
export interface UnzipOptions {
  /** What is being done, for people. @default {"Unpacking"} */
  readonly what?: string;
  /** The most bytes that all files together may have. @default {8 GiB} */
  readonly maxBytes?: number;
  /** The most files and folders. @default {1_000_000} */
  readonly maxEntries?: number;
  /**
   * How many times larger than the archive its files may be, once they exceed a megabyte; beyond it
   * an archive counts as one that was made to fill the disk. @default {200}
   */
  readonly maxRatio?: number;
  /** Which files are unpacked, by their names in the archive. @default {all} */
  readonly select?: (name: string) => boolean;
  readonly listener?: Listener;
  readonly signal?: AbortSignal;
}

/**
 * Unpacks a zip archive to the new folder `target`, which is whole or not there: the files are
 * written to `<target>.part` beside it, which is renamed. Each file's size and CRC-32 are checked.
 *
 * Throws a CsnError when the archive is damaged, when it holds anything but files and folders below
 * it, or one file twice, or more than the limits allow, and when `target` is there already.
 */
export async function unzip(
  archive: string,
  target: string,
  options: UnzipOptions = {},
): Promise<void> {
  const attempted = `Cannot unpack ${archive}`;
  if (await exists(target)) {
    throw new CsnError(
      `${attempted}: ${target} is there already; remove it or choose another place`,
    );
  }
  const work = `${resolve(target)}.part`;
  await removeAll(work);
  try {
    await Deno.mkdir(work, { recursive: true });
    await unpack(archive, work, attempted, options);
    await Deno.rename(work, target);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof CsnError) throw error;
    throw new CsnError(`${attempted}: ${explained(messageOf(error))}`, { cause: error });
  } finally {
    await removeAll(work);
  }
}

async function unpack(
  archive: string,
  folder: string,
  attempted: string,
  options: UnzipOptions,
): Promise<void> {
  const { what = "Unpacking", listener, signal } = options;
  // yauzl refuses names with "..", drive letters and a leading "/"; backslashes it takes for
  // slashes. @ts-types="@types/yauzl"
  const { openPromise } = await import("yauzl");
  const zip = await openPromise(archive, { lazyEntries: true, validateEntrySizes: true });
  const budget = new Budget(zip, attempted, options);
  let done = 0;
  for await (const entry of zip.eachEntry()) {
    signal?.throwIfAborted();
    done++;
    if (options.select?.(entry.fileName) === false) continue;
    checkKind(entry, attempted);
    budget.take(entry);
    await writeEntry(zip, entry, folder, attempted, signal);
    listener?.progress?.({ what, done, total: zip.entryCount, unit: "files" });
  }
}

/** What an archive may still unpack. */
class Budget {
  readonly #attempted: string;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(zip: ZipFile, attempted: string, options: UnzipOptions) {
    const { maxBytes = 8 * 2 ** 30, maxEntries = 1_000_000, maxRatio = 200 } = options;
    this.#attempted = attempted;
    this.#maxBytes = Math.min(maxBytes, Math.max(2 ** 20, maxRatio * zip.fileSize));
    if (zip.entryCount > maxEntries) {
      zip.close();
      throw new CsnError(
        `${attempted}: it holds ${zip.entryCount} files, more than the ${maxEntries} that are allowed`,
      );
    }
  }

  /** Counts what an entry states; yauzl stops a file that turns out larger than stated. */
  take(entry: Entry): void {
    this.#bytes += entry.uncompressedSize;
    if (this.#bytes > this.#maxBytes) {
      throw new CsnError(
        `${this.#attempted}: its files have more than the ${this.#maxBytes} bytes that are allowed for an archive of its size; it is made to fill the disk, or not what it should be`,
      );
    }
  }
}

/** Upper half of the external attributes of entries made under Unix: the file's mode (stat.h). */
const fileTypes = 0o170000;
const regularFile = 0o100000;
const folderType = 0o040000;

/** Links can lead anywhere, and the archives that are meant here hold no devices. */
function checkKind(entry: Entry, attempted: string): void {
  const type = (entry.externalFileAttributes >>> 16) & fileTypes;
  if (type === 0 || type === regularFile || type === folderType) {
    if (!entry.isEncrypted()) return;
    throw new CsnError(
      `${attempted}: ${JSON.stringify(entry.fileName)} in it is encrypted; unpack it yourself`,
    );
  }
  const kind = type === 0o120000 ? "a symbolic link" : "neither a file nor a folder";
  throw new CsnError(
    `${attempted}: ${JSON.stringify(entry.fileName)} in it is ${kind}, which is refused`,
  );
}

async function writeEntry(
  zip: ZipFile,
  entry: Entry,
  folder: string,
  attempted: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = join(folder, entry.fileName);
  if (entry.fileName.includes("\0") || !`${path}/`.startsWith(`${folder}/`)) {
    throw new CsnError(
      `${attempted}: ${
        JSON.stringify(entry.fileName)
      } in it leads out of the folder, which is refused`,
    );
  }
  if (entry.fileName.endsWith("/")) return await Deno.mkdir(path, { recursive: true });
  await Deno.mkdir(dirname(path), { recursive: true });
  const source = await zip.openReadStreamPromise(entry);
  let checksum = 0;
  const checked = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  };
  // "wx" fails where there is a file already: nothing is overwritten, by whatever trick of names.
  await pipeline(source, checked, createWriteStream(path, { flags: "wx" }), { signal });
  if (checksum !== entry.crc32) {
    throw new CsnError(
      `${attempted}: ${
        JSON.stringify(entry.fileName)
      } in it is damaged (its CRC-32 is wrong); fetch the archive again`,
    );
  }
}

/** What yauzl and the file system say, for people. */
function explained(message: string): string {
  if (/end of central directory/i.test(message)) {
    return "it is no zip archive, or its end is missing; fetch it again";
  }
  if (/absolute path|invalid relative path|invalid characters/i.test(message)) {
    return `it holds a file that leads out of the folder (${message}), which is refused`;
  }
  if (/ENOSPC|no space/i.test(message)) return "the disk is full; make room and run it again";
  if (/EEXIST|exists/i.test(message)) return `it holds a file twice (${message}), which is refused`;
  if (/no such file|ENOENT/i.test(message)) return "there is no such file";
  return `it is damaged (${message}); fetch it again`;
}
