import { CsnError } from "../base/errors.ts";
import { FileLock } from "./file_lock.ts";
import { join, resolve } from "./paths.ts";
import { writeFault } from "./write_fault.ts";

/**
 * The per-user folder for libtorch, the shim, weights and fonts: `CSN_CACHE`, else `csn` in
 * `XDG_CACHE_HOME`, `~/.cache` or, on macOS, `~/Library/Caches`.
 */
export function cacheFolder(): string {
  const chosen = Deno.env.get("CSN_CACHE");
  if (chosen) return resolve(chosen);
  const shared = Deno.env.get("XDG_CACHE_HOME");
  // The XDG Base Directory Specification: a relative path in it is to be ignored.
  if (shared?.startsWith("/")) return join(shared, "csn");
  const home = resolve(Deno.env.get("HOME") || ".");
  return Deno.build.os === "darwin"
    ? join(home, "Library", "Caches", "csn")
    : join(home, ".cache", "csn");
}

/** Makes the folder when it is not there. Throws a CsnError when it cannot be. */
export async function makeCacheFolder(): Promise<void> {
  try {
    await Deno.mkdir(cacheFolder(), { recursive: true });
  } catch (error) {
    throw unusable("make", error);
  }
}

/**
 * Waits until no other process holds the lock called `name` in the cache, and holds it; the cache
 * is made where there is none. `announce` is called with the holder's process id before the wait.
 * Throws a CsnError for a cache that cannot be made or written, and the signal's reason when it is
 * aborted.
 */
export async function lockCache(
  name: string,
  announce: (holder: string) => void,
  signal?: AbortSignal,
): Promise<FileLock> {
  await makeCacheFolder();
  try {
    return await FileLock.wait(join(cacheFolder(), name), announce, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw unusable("write to", error);
  }
}

function unusable(attempt: string, error: unknown): CsnError {
  return new CsnError(
    `Cannot ${attempt} the cache ${cacheFolder()}: ${
      writeFault(join(cacheFolder(), "x"), error)
    }; set CSN_CACHE to a folder that can be written, then run \`start()\``,
    { cause: error },
  );
}
