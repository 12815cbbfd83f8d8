/** Which shims stay in the cache. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { platform } from "../../src/native/platform.ts";
import { removeOldShims } from "../../src/native/shims_kept.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const day = 86_400_000;
const library = `libcsn${platform().ending}`;

/** What a process does that uses a shim, until its standard input ends. */
const user = `
import { holdShim } from ${
  JSON.stringify(new URL("../../src/native/shims_kept.ts", import.meta.url).href)
};
holdShim(Deno.args[0]);
console.log("holds");
for await (const _ of Deno.stdin.readable);
`;

Deno.test("removeOldShims() removes shims unused for a week beyond the last eight, none that a process has open", async () => {
  await using cache = await TemporaryFolder.make();
  const before = Deno.env.get("CSN_CACHE");
  Deno.env.set("CSN_CACHE", cache.path);
  try {
    const nameOf = (ago: number) => `shim-${ago.toString(16).padStart(16, "0")}-c9816d`;
    for (let ago = 1; ago <= 12; ago++) {
      const folder = join(cache.path, nameOf(ago));
      await Deno.mkdir(folder);
      await Deno.writeTextFile(join(folder, library), "");
      const at = new Date(Date.now() - ago * day);
      await Deno.utime(join(folder, library), at, at);
      await Deno.utime(folder, at, at);
    }
    await Deno.mkdir(join(cache.path, "shim-00000000000000ff-c9816d.part"));
    await Deno.mkdir(join(cache.path, "explore-00000000000000ff"));
    const program = join(cache.path, "user.ts");
    await Deno.writeTextFile(program, user);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-check", "-A", program, join(cache.path, nameOf(11), library)],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    await removeOldShims();
    const kept = await Array.fromAsync(Deno.readDir(cache.path), ({ name }) => name);
    const expected = [1, 2, 3, 4, 5, 6, 7, 8, 11].map(nameOf);
    assert.deepEqual(
      kept.filter((name) => name !== "user.ts").sort(),
      ["explore-00000000000000ff", ...expected],
    );
    await child.stdin.close();
    await reader.cancel();
    await child.status;
    await removeOldShims();
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(cache.path), ({ name }) => name)).includes(nameOf(11)),
      false,
    );
  } finally {
    if (before === undefined) Deno.env.delete("CSN_CACHE");
    else Deno.env.set("CSN_CACHE", before);
  }
});
