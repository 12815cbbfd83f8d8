import { join, resolve } from "../paths.ts";

/**
 * The per-user folder for libtorch, the shim, weights and fonts: `CSN_CACHE`, else `csn` in
 * `XDG_CACHE_HOME`, `~/.cache` or, on macOS, `~/Library/Caches`.
 */
export function cacheFolder(): string {
  const chosen = Deno.env.get("CSN_CACHE");
  if (chosen) return resolve(chosen);
  const shared = Deno.env.get("XDG_CACHE_HOME");
  if (shared) return join(shared, "csn");
  const home = Deno.env.get("HOME") ?? ".";
  return Deno.build.os === "darwin"
    ? join(home, "Library", "Caches", "csn")
    : join(home, ".cache", "csn");
}
