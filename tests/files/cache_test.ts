import assert from "node:assert/strict";
import { cacheFolder } from "../../src/files/cache.ts";
import { join } from "../../src/files/paths.ts";
import { setUpFails } from "../helpers/set_up.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const names = ["CSN_CACHE", "XDG_CACHE_HOME", "HOME"];

/** The cache under these variables alone. */
function cacheUnder(env: Record<string, string>): string {
  const before = names.map((name) => [name, Deno.env.get(name)] as const);
  const set = (name: string, value: string | undefined) =>
    value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  try {
    for (const name of names) set(name, env[name]);
    return cacheFolder();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

const HOME = "/home/ada";
const ofHome = Deno.build.os === "darwin" ? `${HOME}/Library/Caches/csn` : `${HOME}/.cache/csn`;

Deno.test("cacheFolder() takes CSN_CACHE before XDG_CACHE_HOME before HOME", () => {
  const XDG_CACHE_HOME = "/var/ada";
  assert.equal(cacheUnder({ CSN_CACHE: "/fast/csn", XDG_CACHE_HOME, HOME }), "/fast/csn");
  assert.equal(cacheUnder({ XDG_CACHE_HOME, HOME }), "/var/ada/csn");
  assert.equal(cacheUnder({ HOME }), ofHome);
});

Deno.test("cacheFolder() passes over variables that are empty, and an XDG_CACHE_HOME that is relative", () => {
  assert.equal(cacheUnder({ CSN_CACHE: "", XDG_CACHE_HOME: "", HOME }), ofHome);
  assert.equal(cacheUnder({ XDG_CACHE_HOME: "caches", HOME }), ofHome);
});

Deno.test("cacheFolder() is absolute", () => {
  assert.equal(cacheUnder({ CSN_CACHE: "here" }), join(Deno.cwd(), "here"));
  assert.ok(cacheUnder({}).startsWith(`${Deno.cwd()}/`));
});

Deno.test("lockCache() says which variable to set when the cache cannot be written", async () => {
  await using folder = await TemporaryFolder.make();
  await Deno.mkdir(join(folder.path, "setup.lock"));
  await setUpFails(
    { CSN_CACHE: folder.path, PATH: "/nowhere" },
    /Cannot write to the cache .*: Is a directory.*; set CSN_CACHE to a folder that can be written/,
  );
});

Deno.test("setUp() says which variable to set when the cache cannot be made", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "");
  await setUpFails(
    { CSN_CACHE: join(file, "cache"), PATH: "/nowhere" },
    /Cannot make the cache .*file is a file, not a folder.*set CSN_CACHE to.*`start\(\)`/,
  );
});
