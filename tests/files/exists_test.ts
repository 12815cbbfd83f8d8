import assert from "node:assert/strict";
import { exists, isWithin, removeAll } from "../../src/files/exists.ts";
import { join } from "../../src/files/paths.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

Deno.test("removeAll() removes a folder with all in it, and says nothing of what is not there", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "a");
  await Deno.mkdir(join(path, "b"), { recursive: true });
  await Deno.writeTextFile(join(path, "b", "c.txt"), "");
  await removeAll(path);
  assert.equal(await exists(path), false);
  await removeAll(path);
});

Deno.test("removeAll() of a link leaves what it leads to", async () => {
  await using folder = await TemporaryFolder.make();
  const [target, link] = [join(folder.path, "target"), join(folder.path, "link")];
  await Deno.mkdir(target);
  await Deno.writeTextFile(join(target, "mine.txt"), "text");
  await Deno.symlink(target, link);
  await removeAll(link);
  assert.equal(await exists(link), false);
  assert.equal(await Deno.readTextFile(join(target, "mine.txt")), "text");
});

Deno.test("removeAll() throws where it cannot remove", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "a.txt");
  await Deno.writeTextFile(file, "");
  await assert.rejects(removeAll(join(file, "b")), Deno.errors.NotADirectory);
});

Deno.test("isWithin() is true of a folder and what lies below it, through links, not of its like-named neighbour", async () => {
  await using folder = await TemporaryFolder.make();
  const at = (path: string) => join(folder.path, path);
  for (const path of ["set/images", "set2"]) await Deno.mkdir(at(path), { recursive: true });
  await Deno.symlink(at("set/images"), at("link"));
  const within = (path: string) => isWithin(at(path), at("set"));
  assert.deepEqual(
    [await within("set"), await within("set/images"), await within("link")],
    [true, true, true],
  );
  assert.deepEqual(
    [await within("set2"), await within("."), await within("nowhere")],
    [false, false, false],
  );
  assert.equal(await isWithin(folder.path, "/"), true);
});
