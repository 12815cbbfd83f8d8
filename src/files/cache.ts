import { CsnError, messageOf } from "../base/errors.ts";
import { join, resolve } from "./paths.ts";

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
  const folder = cacheFolder();
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw new CsnError(
      `Cannot make the cache ${folder}: ${
        messageOf(error)
      }; set CSN_CACHE to a folder that can be written, then run \`start()\``,
      { cause: error },
    );
  }
}
