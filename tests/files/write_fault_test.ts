import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { spaceAdvice, writeFault } from "../../src/files/write_fault.ts";
import { writeWhole } from "../../src/files/write_whole.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

Deno.test("writeFault() names a file where a folder should be, else says what the system does", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "");
  const error = new Error("what the system says");
  assert.equal(writeFault(join(file, "a", "b"), error), `${file} is a file, not a folder`);
  assert.equal(writeFault(join(folder.path, "a", "b"), error), error.message);
  await assert.rejects(writeWhole(join(file, "a"), "text"), (thrown: Error) => {
    assert.match(thrown.message, /is a file, not a folder; .*untouched; check the folder/);
    return true;
  });
});

Deno.test("spaceAdvice() speaks of space only where there is none", () => {
  assert.equal(spaceAdvice(new Error("Not a directory (os error 20)")), "");
  assert.match(spaceAdvice(new Error("No space left on device (os error 28)")), /^free some/);
  assert.match(spaceAdvice(new Error("Disk quota exceeded (os error 122)")), /^free some/);
  assert.match(spaceAdvice(new Error("File too large (os error 27)")), /limit .*ulimit -f/);
});
