import assert from "node:assert/strict";
import { readTripletList, tripletListPath, writeTripletList } from "../../src/sets/triplet_list.ts";
import { CsnError } from "../../src/base/errors.ts";
import { join } from "../../src/files/paths.ts";
import { temporaryFolder } from "../helpers/temporary_set.ts";

/** Reads a list of `text` for 10 images. */
async function parsed(text: string): Promise<number[]> {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "list.txt");
  await Deno.writeTextFile(file, text);
  return Array.from(await readTripletList(file, 10));
}

Deno.test("tripletListPath() is the reference code's", () => {
  assert.equal(
    tripletListPath("/d", { notion: "heel", split: "val" }),
    "/d/tripletlists/heel_tripletlist_val.txt",
  );
});

Deno.test("readTripletList() takes any line ends and blanks", async () => {
  const expected = [0, 7, 2, 9, 8, 3];
  assert.deepEqual(await parsed("0 7 2\n9 8 3\n"), expected);
  assert.deepEqual(await parsed("0 7 2\n9 8 3"), expected);
  assert.deepEqual(await parsed("0 7 2\r\n9 8 3\r\n"), expected);
  assert.deepEqual(await parsed("0 7 2\r\n9 8 3\r\n\r\n"), expected);
  assert.deepEqual(await parsed("0 7 2\n9 8 3\n\n \n"), expected);
  assert.deepEqual(await parsed("  0\t7   2 \n009 8 3"), expected);
  assert.deepEqual(await parsed("0 1 2"), [0, 1, 2]);
});

Deno.test("readTripletList() passes over remarks", async () => {
  const expected = [0, 7, 2, 9, 8, 3];
  assert.deepEqual(await parsed("# by Ann\n0 7 2 # sure\n  # cannot say\n9 8 3#\n#"), expected);
  assert.deepEqual(await parsed("0 7 2# 9 9 9\r\n9 8 3\r\n# the end\n\n"), expected);
  await assert.rejects(parsed("0 1 2\n# x\n3 4 # 5\n"), /list\.txt:3: .* has 2 fields/);
  await assert.rejects(parsed("# nothing\n"), /it is empty/);
});

Deno.test("readTripletList() does not count a line of a list of answers that was not finished", async () => {
  const head = '# csn answers {"format":1,"notion":"heel"}\n';
  assert.deepEqual(await parsed(`${head}0 7 2 # {}\n9 8 3`), [0, 7, 2]);
  assert.deepEqual(await parsed(`${head}0 7 2 # {}\n9 8 3\n`), [0, 7, 2, 9, 8, 3]);
});

Deno.test("readTripletList() names file and line of what is wrong", async () => {
  const cases: [string, RegExp][] = [
    ["0 1 2\n3 4\n", /list\.txt:2: "3 4" has 2 fields; a line is three image indices/],
    ["0 1 2\n3 4 5\n0 1 2 3\n", /list\.txt:3: "0 1 2 3" has 4 fields/],
    ["0 1\n2\n", /list\.txt:1: "0 1" has 2 fields/],
    ["0 one 2\n", /list\.txt:1: "0 one 2" holds "one"/],
    ["0 1 2\n0 -1 2\n", /list\.txt:2: .* holds "-1"/],
    ["0 1.5 2\n", /list\.txt:1: .* holds "1\.5"/],
    ["0 1 1e0\n", /list\.txt:1: .* holds "1e0"/],
    ["0 1 2\n0 1 10\n", /list\.txt:2: .* names image 10, but the set has 10 images, 0 to 9/],
    ["0 1 4294967297\n", /list\.txt:1: .* names image 4294967297/],
    ["0 1 2\n\n3 4 5\n", /list\.txt:2: "" has 0 fields/],
    ["", /list\.txt: it is empty/],
    ["\n\n", /list\.txt: it is empty/],
    ["0 1 2\n0 1 \0", /list\.txt:2: /],
  ];
  for (const [text, message] of cases) {
    await assert.rejects(parsed(text), (error) => {
      assert.ok(error instanceof CsnError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
});

Deno.test("readTripletList() says when there is no list", async () => {
  await assert.rejects(readTripletList("/nowhere/list.txt", 3), {
    name: "CsnError",
    message: /list \/nowhere\/list\.txt: there is no such file/,
  });
});

Deno.test("writeTripletList() writes what readTripletList() reads", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "list.txt");
  const triplets = Uint32Array.from({ length: 30_000 }, (_, i) => (i * 7919) % 50_025);
  await writeTripletList(file, triplets);
  assert.deepEqual(await readTripletList(file, 50_025), triplets);
  assert.equal((await Deno.readTextFile(file)).split("\n", 1)[0], "0 7919 15838");
  assert.deepEqual(Array.from(Deno.readDirSync(folder.path), ({ name }) => name), ["list.txt"]);
});

Deno.test("writeTripletList() leaves the old list when it cannot write the new one", async () => {
  await using folder = await temporaryFolder();
  // A folder in the file's place cannot be replaced.
  const file = join(folder.path, "list.txt");
  await Deno.mkdir(join(file, "full"), { recursive: true });
  await assert.rejects(writeTripletList(file, Uint32Array.of(0, 1, 2)), {
    name: "CsnError",
    message: /Cannot write .*list\.txt": /,
  });
  assert.deepEqual(Array.from(Deno.readDirSync(folder.path), ({ name }) => name), ["list.txt"]);
  await assert.rejects(
    writeTripletList(file, Uint32Array.of(0, 1)),
    /2 indices are no whole number/,
  );
});
