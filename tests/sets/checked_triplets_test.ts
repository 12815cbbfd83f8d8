import assert from "node:assert/strict";
import { CsnError } from "../../src/base/errors.ts";
import { join } from "../../src/files/paths.ts";
import {
  addCheckedTriplet,
  type CheckedTriplet,
  readCheckedTriplets,
} from "../../src/sets/checked_triplets.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const names = ["a.png", "b.png", "c.png"] as const;

function mark(is: CheckedTriplet["is"], anchor = 1, notion = "heel"): CheckedTriplet {
  return { notion, images: [anchor, 20, 30], names, is, by: "Ann", at: "2026-11-28T12:00:00.000Z" };
}

Deno.test("readCheckedTriplets() takes the last mark of each triplet, and none that was taken back", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "checked.jsonl");
  assert.deepEqual(await readCheckedTriplets(file), []);
  for (
    const each of [mark("wrong"), mark("wrong", 2), mark("right", 3), mark("wrong", 1, "colour")]
  ) {
    await addCheckedTriplet(file, each);
  }
  await addCheckedTriplet(file, mark("right"));
  await addCheckedTriplet(file, mark(null, 2));
  const found = await readCheckedTriplets(file);
  assert.deepEqual(found.map(({ notion, images: [anchor], is }) => [notion, anchor, is]), [
    ["heel", 3, "right"],
    ["colour", 1, "wrong"],
    ["heel", 1, "right"],
  ]);
});

Deno.test("readCheckedTriplets() takes a list written by hand, and names a line that is none", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "mine.jsonl");
  await Deno.writeTextFile(file, '{"notion": "heel", "images": [1, 2, 3]}');
  assert.deepEqual(await readCheckedTriplets(file), [
    { notion: "heel", images: [1, 2, 3], is: "wrong" },
  ]);
  await Deno.writeTextFile(file, '{"notion": "heel", "images": [1, 2, 3]}\n12 7 9\n');
  await assert.rejects(
    readCheckedTriplets(file),
    new CsnError(
      `${file}:2: "12 7 9" is no mark of a triplet; a line is {"notion": "NAME", "images": [anchor, far, near]}`,
    ),
  );
});

Deno.test("addCheckedTriplet() keeps every mark of many at once, and mends a line that was cut short", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "checked.jsonl");
  const anchors = Array.from({ length: 24 }, (_, anchor) => anchor);
  await Promise.all(anchors.map((anchor) => addCheckedTriplet(file, mark("wrong", anchor))));
  await Deno.writeTextFile(file, '{"notion":"heel","ima', { append: true });
  assert.equal((await readCheckedTriplets(file)).length, 24);
  await addCheckedTriplet(file, mark("wrong", 24));
  const found = await readCheckedTriplets(file);
  assert.deepEqual(found.map(({ images: [anchor] }) => anchor).sort((a, b) => a - b), [
    ...anchors,
    24,
  ]);
});

Deno.test("addCheckedTriplet() adds nothing to a file that is another", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "notes.txt");
  await Deno.writeTextFile(file, "mine");
  await assert.rejects(
    addCheckedTriplet(file, mark("wrong")),
    /it is another file, which does not/,
  );
  assert.equal(await Deno.readTextFile(file), "mine");
});

Deno.test("addCheckedTriplet() says that a mark does not count where there is no room", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "checked.jsonl");
  const program = `
    import { addCheckedTriplet } from ${
    JSON.stringify(import.meta.resolve("../../src/sets/checked_triplets.ts"))
  };
    let kept = 0;
    try {
      for (let anchor = 0; ; anchor++, kept++) {
        await addCheckedTriplet(Deno.args[0], { notion: "heel", images: [anchor, 1000, 1001], is: "wrong" });
      }
    } catch (error) {
      console.log(kept, error.message);
    }`;
  const args = ["eval", "--no-check", program, file];
  const limited = ["-c", 'trap "" XFSZ; ulimit -f 4; exec "$@"', "sh", Deno.execPath(), ...args];
  const { stdout } = await new Deno.Command("sh", { args: limited }).output();
  const [, kept, message] = /^(\d+) (.*)\n$/.exec(new TextDecoder().decode(stdout))!;
  assert.ok(Number(kept) > 10);
  assert.match(message, /File too large .*it does not count, and earlier ones are kept; free some/);
  assert.equal((await readCheckedTriplets(file)).length, Number(kept));
  const text = await Deno.readTextFile(file);
  assert.ok(text.endsWith("}\n"), "part of a line is left");
});
