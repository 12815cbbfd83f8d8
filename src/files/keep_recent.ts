import { join } from "./paths.ts";

/** What of a folder is kept. */
export interface KeepOptions {
  /** Only files and folders of these names are removed. */
  readonly named: RegExp;
  /** So many are kept in any case: those that were used last. */
  readonly most: number;
  /** What was used within so many days is kept, too. */
  readonly days: number;
  /** Whether another process needs a file or folder still. @default {none does} */
  readonly isInUse?: (path: string) => Promise<boolean>;
}

const dayMs = 86_400_000;

/**
 * Notes that a file or folder is used. Needed only where that is not read from the disk each time:
 * file systems note the day of the last reading.
 */
export async function markUsed(path: string): Promise<void> {
  const now = new Date();
  await Deno.utime(path, now, now).catch(() => {});
}

/**
 * Removes those files and folders of a cache that were used longest ago: a folder when it, or a file
 * in it, was written or read. What cannot be removed stays. Returns the names of what was removed.
 */
export async function keepRecent(
  folder: string,
  { named, most, days, isInUse = () => Promise.resolve(false) }: KeepOptions,
): Promise<string[]> {
  const found = (await namesOf(folder)).filter((name) => named.test(name));
  const used = await Promise.all(found.map(async (name) => {
    return { name, path: join(folder, name), at: await usedAt(join(folder, name)) };
  }));
  const removed: string[] = [];
  for (const { name, path } of used.sort((a, b) => b.at - a.at).slice(most)) {
    // Asked for again: it may have been used in the meantime.
    if (await usedAt(path) > Date.now() - days * dayMs || await isInUse(path)) continue;
    try {
      await Deno.remove(path, { recursive: true });
      removed.push(name);
    } catch {
      // Another process removed it, or the cache cannot be written.
    }
  }
  return removed;
}

async function namesOf(folder: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch {
    return [];
  }
}

/** Infinity where it is not there, so that nothing is done about it. */
async function usedAt(path: string): Promise<number> {
  const info = await Deno.lstat(path).catch(() => null);
  if (info === null) return Infinity;
  if (!info.isDirectory) return timeOf(info);
  // That a folder was listed says nothing: this does it.
  const written = info.mtime?.getTime() ?? 0;
  const files = (await namesOf(path)).map((name) => Deno.lstat(join(path, name)));
  const infos = await Promise.all(files.map((file) => file.catch(() => null)));
  return Math.max(written, ...infos.map((each) => each === null ? 0 : timeOf(each)));
}

function timeOf({ mtime, atime }: Deno.FileInfo): number {
  return Math.max(mtime?.getTime() ?? 0, atime?.getTime() ?? 0);
}
