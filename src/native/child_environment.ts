/**
 * Environment for a program that is started by name: the dynamic linker's settings (LD_LIBRARY_PATH
 * and the like, which many GPU machines set) emptied. While they are set, Deno starts no program
 * unless it has permission to start all.
 */
export function withoutLinkerSettings(): Record<string, string> {
  const names = Object.keys(Deno.env.toObject()).filter((name) => /^(LD|DYLD)_/.test(name));
  return Object.fromEntries(names.map((name) => [name, ""]));
}
