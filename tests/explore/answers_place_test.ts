import assert from "node:assert/strict";
import { findAnswersPlace } from "../../src/explore/answers_place.ts";
import { join } from "../../src/files/paths.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

Deno.test("findAnswersPlace() takes the run's folder, and says why where it cannot be written", async () => {
  await using folder = await TemporaryFolder.make();
  assert.deepEqual(await findAnswersPlace(folder.path), { folder: folder.path, refusal: null });
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), []);
  const gone = join(folder.path, "gone");
  const { refusal } = await findAnswersPlace(gone);
  assert.match(
    refusal!,
    /^Cannot keep answers in .*gone: .*; name a folder that can be written with `answers`$/,
  );
});

Deno.test("findAnswersPlace() makes the folder that is named, and refuses one that it cannot make", async () => {
  await using folder = await TemporaryFolder.make();
  const named = join(folder.path, "a", "b");
  assert.deepEqual(await findAnswersPlace("/nowhere", named), { folder: named, refusal: null });
  await Deno.writeTextFile(join(folder.path, "file"), "mine");
  await assert.rejects(
    findAnswersPlace(folder.path, join(folder.path, "file", "b")),
    /^CsnError: Cannot keep answers in .*b: .*; choose another folder with `answers`$/,
  );
});
