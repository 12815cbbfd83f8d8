/**
 * Lets Deno's file calls do their work at once: most of the time of a small parse is the wait for
 * another thread. The long soak reads so; the short one reads as users' programs do.
 */
const names = [
  ...["lstat", "makeTempDir", "makeTempFile", "mkdir", "open", "readFile", "readTextFile"],
  ...["realPath", "remove", "rename", "stat", "writeFile", "writeTextFile"],
] as const;
for (const name of names) {
  const atOnce = Deno[`${name}Sync`] as (...given: unknown[]) => unknown;
  // deno-lint-ignore require-await -- so that an error is a rejection, as the original's is
  Object.assign(Deno, { [name]: async (...given: unknown[]) => atOnce(...given) });
}
Object.assign(Deno.FsFile.prototype, {
  // deno-lint-ignore require-await -- as above
  async read(this: Deno.FsFile, bytes: Uint8Array) {
    return this.readSync(bytes);
  },
  // deno-lint-ignore require-await -- as above
  async write(this: Deno.FsFile, bytes: Uint8Array) {
    return this.writeSync(bytes);
  },
});
