import type { Listener } from "../base/listener.ts";
import { sha256 } from "./sha256.ts";

/** Files read at a time. */
const filesAtOnce = 32;

/** From this many files on, progress is reported. */
const worthTelling = 1_000;

/** Stands for the bytes of a file that cannot be read. */
export const noBytes = "";

/** One digest of many files, in order: `before` (at first "") continued by those of more files. */
export function chainDigests(before: string, digests: readonly string[]): string {
  return digests.reduce(
    (chain, digest) => sha256(`${chain} ${digest}`),
    before,
  );
}

/** One digest of many files, each of which is read: some seconds for 50,000 images. */
export async function digestFiles(
  files: readonly string[],
  options: { readonly listener?: Listener; readonly signal?: AbortSignal },
): Promise<string> {
  return chainDigests("", await digestEach(files, options));
}

/** The digest of each file, "" of one that cannot be read. */
export async function digestEach(
  files: readonly string[],
  { listener, signal }: { readonly listener?: Listener; readonly signal?: AbortSignal },
): Promise<string[]> {
  const total = files.length;
  const found: string[] = [];
  while (found.length < total) {
    signal?.throwIfAborted();
    const some = files.slice(found.length, found.length + filesAtOnce).map(async (file) => {
      const bytes = await Deno.readFile(file).catch(() => null);
      return bytes === null ? noBytes : sha256(bytes);
    });
    found.push(...await Promise.all(some));
    if (total < worthTelling) continue;
    const done = found.length;
    listener?.progress?.({ what: "Looking for changed images", done, total, unit: "images" });
  }
  return found;
}
