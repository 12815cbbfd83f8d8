import assert from "node:assert/strict";
import { appendLine, type GrowingFile } from "../../src/files/append_line.ts";
import { join } from "../../src/files/paths.ts";
import { addCheckedTriplet, readCheckedTriplets } from "../../src/sets/checked_triplets.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

/** Lines that end in a full stop. */
const growing: GrowingFile = {
  head: "# words, 1",
  mark: "# words",
  what: "a word",
  isWhole: (line) => line.endsWith("."),
};

async function withFile(text: string | null, test: (path: string) => Promise<void>): Promise<void> {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "words.txt");
  if (text !== null) await Deno.writeTextFile(path, text);
  await test(path);
}

const cases: readonly (readonly [what: string, before: string | null, after: string])[] = [
  ["begins a file with its head", null, "# words, 1\nnew.\n"],
  ["takes away a last line that was cut short", "# words, 1\none.\ntw", "# words, 1\none.\nnew.\n"],
  ["ends a last line that lacks but its end", "# words, 1\none.", "# words, 1\none.\nnew.\n"],
  ["ends a head that lacks but its end", "# words, 1", "# words, 1\nnew.\n"],
  ["begins anew where the head was cut short", "# wor", "# words, 1\nnew.\n"],
  ["adds to a file of the same kind", "# words, 2\none.\n", "# words, 2\none.\nnew.\n"],
];

for (const [what, before, after] of cases) {
  Deno.test(`appendLine() ${what}`, async () => {
    await withFile(before, async (path) => {
      await appendLine(path, "new.", growing);
      assert.equal(await Deno.readTextFile(path), after);
    });
  });
}

Deno.test("appendLine() adds nothing to another file, and takes nothing from it", async () => {
  const text = "my own notes\nunfinished";
  await withFile(text, async (path) => {
    await assert.rejects(
      appendLine(path, "new.", growing),
      /^CsnError: Cannot add a word to .*: it is another file, which does not begin with # words; /,
    );
    assert.equal(await Deno.readTextFile(path), text);
  });
});

Deno.test("addCheckedTriplet() keeps a mark that a person wrote without a line end", async () => {
  await withFile(null, async (path) => {
    await addCheckedTriplet(path, { notion: "heel", images: [0, 1, 2], is: "wrong" });
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, `${text}{"notion":"heel","images":[3,4,5]}`);
    await addCheckedTriplet(path, { notion: "heel", images: [6, 7, 8], is: "wrong" });
    const marks = await readCheckedTriplets(path);
    assert.deepEqual(marks.map(({ images }) => images[0]), [0, 3, 6]);
  });
});
