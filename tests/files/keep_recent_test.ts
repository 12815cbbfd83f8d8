import assert from "node:assert/strict";
import { keepRecent, markUsed } from "../../src/files/keep_recent.ts";
import { join } from "../../src/files/paths.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const day = 86_400_000;

/** Writes folders `x-<days>`, last used so many days ago, with a file each, and a file beside them. */
async function folderOf(...days: readonly number[]): Promise<TemporaryFolder> {
  const folder = await TemporaryFolder.make();
  for (const ago of days) {
    const path = join(folder.path, `x-${ago}`);
    await Deno.mkdir(path);
    await Deno.writeTextFile(join(path, "file"), "");
    await use(join(path, "file"), ago);
    await use(path, ago);
  }
  await Deno.writeTextFile(join(folder.path, "other"), "");
  await use(join(folder.path, "other"), 999);
  return folder;
}

async function use(path: string, ago: number): Promise<void> {
  const at = new Date(Date.now() - ago * day);
  await Deno.utime(path, at, at);
}

async function namesIn({ path }: TemporaryFolder): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).sort();
}

const named = /^x-\d+$/;

Deno.test("keepRecent() removes what was used longest ago, and nothing of another name", async () => {
  await using folder = await folderOf(1, 20, 30, 40);
  const removed = await keepRecent(folder.path, { named, most: 2, days: 7 });
  assert.deepEqual(removed, ["x-30", "x-40"]);
  assert.deepEqual(await namesIn(folder), ["other", "x-1", "x-20"]);
});

Deno.test("keepRecent() keeps what was used within some days, however much that is", async () => {
  await using folder = await folderOf(1, 2, 3, 40);
  assert.deepEqual(await keepRecent(folder.path, { named, most: 1, days: 7 }), ["x-40"]);
});

Deno.test("keepRecent() counts a folder as used when it is marked, or a file in it is read", async () => {
  await using folder = await folderOf(30, 40, 50);
  await markUsed(join(folder.path, "x-50"));
  const file = join(folder.path, "x-40", "file");
  // As file systems note it: read now, written long ago.
  await Deno.utime(file, new Date(), new Date(Date.now() - 40 * day));
  assert.deepEqual(await keepRecent(folder.path, { named, most: 0, days: 7 }), ["x-30"]);
});

Deno.test("keepRecent() keeps what another process is using", async () => {
  await using folder = await folderOf(30, 40);
  const isInUse = (path: string) => Promise.resolve(path.endsWith("x-40"));
  assert.deepEqual(await keepRecent(folder.path, { named, most: 0, days: 7, isInUse }), ["x-30"]);
});

Deno.test("keepRecent() does nothing about a folder that is not there", async () => {
  assert.deepEqual(await keepRecent("/nowhere/at/all", { named, most: 0, days: 0 }), []);
});
