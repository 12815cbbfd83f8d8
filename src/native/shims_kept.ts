/** Which shims the cache keeps: each change of sources, libtorch or compiler makes another one. */
import { cacheFolder } from "../files/cache.ts";
import { keepRecent, markUsed } from "../files/keep_recent.ts";
import { dirname, join } from "../files/paths.ts";
import { platform } from "./platform.ts";

/** Shims that are kept in any case, and the days that others are kept after their last use. */
const [most, days] = [8, 7];

/** Files of the shims that this process uses, locked: no other process removes them. */
const held: Deno.FsFile[] = [];

/** Keeps other processes from removing a shim as long as this one lives. */
export function holdShim(path: string): void {
  try {
    const file = Deno.openSync(path, { read: true });
    // Many hold it together; the system lets go of it when the process ends.
    file.lockSync(false);
    held.push(file);
  } catch {
    // A file system without locks: it is kept by the time of its use.
  }
}

/** Notes that a shim is about to be used. */
export async function markShim(path: string): Promise<void> {
  await markUsed(dirname(path));
}

/** Removes shims that nobody used for long, and what a build that was killed left. */
export async function removeOldShims(): Promise<void> {
  const shim = /^shim-[0-9a-f]{16}(?:-[0-9a-f]{6})?$/;
  await keepRecent(cacheFolder(), { named: shim, most, days, isInUse: isShimInUse });
  // The lock of the setup is held: nobody is at work on these.
  await keepRecent(cacheFolder(), { named: /^shim-[0-9a-f-]+\.part$/, most: 0, days: 0 });
}

async function isShimInUse(folder: string): Promise<boolean> {
  try {
    using file = await Deno.open(join(folder, `libcsn${platform().ending}`), { read: true });
    return !await file.tryLock(true);
  } catch {
    // There is no shim in it.
    return false;
  }
}
