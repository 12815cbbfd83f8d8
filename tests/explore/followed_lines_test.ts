import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { writeWhole } from "../../src/files/write_whole.ts";
import { FollowedLines } from "../../src/explore/followed_lines.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

Deno.test("FollowedLines reads what was added, and leaves a line that is not ended for later", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "log");
  const lines = new FollowedLines(file);
  await lines.look();
  assert.deepEqual([lines.lines, lines.generation], [[], 0]);
  const bytes = new TextEncoder().encode("a\nzwölf\nc");
  // Cut in the middle of a letter.
  await Deno.writeFile(file, bytes.subarray(0, 5));
  await lines.look();
  assert.deepEqual([lines.lines, lines.generation], [["a"], 1]);
  await Deno.writeFile(file, bytes.subarray(5), { append: true });
  await lines.look();
  assert.deepEqual(lines.lines, ["a", "zwölf"]);
  await Deno.writeTextFile(file, "\n\n", { append: true });
  await lines.look();
  await lines.look();
  assert.deepEqual([lines.lines, lines.generation], [["a", "zwölf", "c", ""], 1]);
});

Deno.test("FollowedLines reads anew what was replaced, cut or removed", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "log");
  const lines = new FollowedLines(file);
  await Deno.writeTextFile(file, "a\nb\n");
  await lines.look();
  // Of the same size, as a run that goes on leaves it.
  await writeWhole(file, "a\nc\n");
  await lines.look();
  assert.deepEqual([lines.lines, lines.generation], [["a", "c"], 2]);
  await Deno.truncate(file, 2);
  await lines.look();
  assert.deepEqual([lines.lines, lines.generation], [["a"], 3]);
  await Deno.remove(file);
  await lines.look();
  await lines.look();
  assert.deepEqual([lines.lines, lines.generation], [[], 4]);
});
