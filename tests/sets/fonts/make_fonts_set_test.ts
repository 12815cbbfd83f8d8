import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fontFamilies } from "../../../src/sets/fonts/font_packages.ts";
import { type FontsSetOptions, makeFontsSet } from "../../../src/sets/fonts/make_fonts_set.ts";
import { openImageSet, splits } from "../../../src/sets/image_set.ts";
import { readTripletList, tripletListPath } from "../../../src/sets/triplet_list.ts";
import { CsnError, UsageError } from "../../../src/base/errors.ts";
import { join } from "../../../src/files/paths.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

/** Three families that have two weights and slants between them. */
const few: FontsSetOptions = {
  families: ["arvo", "lobster", "space-mono"],
  triplets: { train: 300, val: 30, test: 60 },
};
const faces = 4 + 1 + 4;

/** The digest of every file below a folder, by path. */
async function digests(folder: string, below = ""): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name, isDirectory } of Deno.readDirSync(join(folder, below))) {
    const path = join(below, name);
    if (isDirectory) {
      for (const [file, digest] of await digests(folder, path)) found.set(file, digest);
    } else {
      const bytes = await Deno.readFile(join(folder, path));
      found.set(path, createHash("sha256").update(bytes).digest("hex"));
    }
  }
  return new Map([...found].sort());
}

/** The rows of attributes.csv by column. */
async function attributes(folder: string): Promise<Record<string, string>[]> {
  const [head, ...rows] = (await Deno.readTextFile(join(folder, "attributes.csv"))).trim().split(
    "\n",
  );
  const columns = head.split(",");
  return rows.map((row) => Object.fromEntries(row.split(",").map((cell, i) => [columns[i], cell])));
}

Deno.test("makeFontsSet() makes a set whose images, table and triplets agree", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "fonts");
  const result = await makeFontsSet(target, few);
  const set = await openImageSet(target);
  const rows = await attributes(target);
  assert.deepEqual(result, { folder: target, made: true, images: rows.length, families: 3 });
  assert.equal(rows.length, faces * 62);
  assert.deepEqual(set.notions, ["character", "typeface", "weight", "slant"]);
  assert.equal(set.flip, false);
  assert.deepEqual(set.normalisation, { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });
  assert.deepEqual(set.imageFiles, rows.map((row) => row.file));
  for (const file of set.imageFiles) {
    assert.ok((await Deno.stat(join(set.imageFolder, file))).isFile);
  }
  for (const split of splits) {
    for (const notion of set.notions) {
      const list = tripletListPath(target, { notion, split });
      const flat = await readTripletList(list, set.imageFiles.length);
      assert.equal(flat.length, 3 * few.triplets![split]);
      for (let i = 0; i < flat.length; i += 3) {
        const [anchor, far, near] = [...flat.subarray(i, i + 3)].map((image) => rows[image]);
        assert.ok([anchor, far, near].every((row) => row.split === split));
        assert.notEqual(anchor, near);
        assert.equal(anchor[notion], near[notion]);
        if (notion === "weight") {
          assert.ok(Math.abs(Number(anchor.weight) - Number(far.weight)) >= 300);
        } else assert.notEqual(anchor[notion], far[notion]);
      }
    }
  }
});

Deno.test("makeFontsSet() shows no picture twice, so none is in two splits", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "fonts");
  await makeFontsSet(target, { ...few, imageSize: 16 });
  const pictures = [...await digests(join(target, "images"))].map(([, digest]) => digest);
  assert.equal(new Set(pictures).size, pictures.length);
  const splitsOf = (await attributes(target)).map(({ split }) => split);
  const shares = splits.map((split) =>
    splitsOf.filter((one) => one === split).length / splitsOf.length
  );
  [0.7, 0.1, 0.2].forEach((share, i) => assert.ok(Math.abs(shares[i] - share) < 0.002));
});

Deno.test("makeFontsSet() gives the same bytes for the same seed, and others for another", async () => {
  await using folder = await TemporaryFolder.make();
  const make = async (name: string, options: FontsSetOptions) => {
    await makeFontsSet(join(folder.path, name), { ...few, ...options });
    return await digests(join(folder.path, name));
  };
  const one = await make("one", { seed: 1 });
  assert.deepEqual(await make("again", { seed: 1 }), one);
  const two = await make("two", { seed: 2 });
  const changed = [...one].filter(([file, digest]) => two.get(file) !== digest).map(([file]) =>
    file
  );
  const lists = ["character", "slant", "typeface", "weight"].flatMap((notion) =>
    ["test", "train", "val"].map((split) => `tripletlists/${notion}_tripletlist_${split}.txt`)
  );
  assert.deepEqual(changed, ["attributes.csv", "set.json", ...lists]);
});

Deno.test("makeFontsSet() draws nothing a second time, and replaces only when told to", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "fonts");
  const made = await makeFontsSet(target, few);
  const before = await Deno.stat(join(target, "set.json"));
  assert.deepEqual(await makeFontsSet(target, few), { ...made, made: false });
  assert.equal((await Deno.stat(join(target, "set.json"))).ino, before.ino);
  await assert.rejects(makeFontsSet(target, { ...few, seed: 2 }), (error: unknown) => {
    assert.ok(error instanceof CsnError);
    assert.match(error.message, /other settings .* `folder`, or replace it with `overwrite: true`/);
    return true;
  });
  assert.equal((await Deno.stat(join(target, "set.json"))).ino, before.ino);
  assert.equal((await makeFontsSet(target, { ...few, seed: 2, overwrite: true })).made, true);
  assert.equal(JSON.parse(await Deno.readTextFile(join(target, "set.json"))).made.seed, 2);
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(), [
    "fonts",
  ]);
});

Deno.test("makeFontsSet() leaves another folder as it is, and clears up after a stopped run", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "fonts");
  await Deno.mkdir(target);
  await Deno.writeTextFile(join(target, "mine.txt"), "mine");
  await assert.rejects(
    makeFontsSet(target, few),
    /there is something else, no image set \(mine\.txt\)/,
  );
  assert.equal(await Deno.readTextFile(join(target, "mine.txt")), "mine");
  await Deno.remove(join(target, "mine.txt"));
  const controller = new AbortController();
  const listener = { progress: () => controller.abort(new Error("stop")) };
  await assert.rejects(
    makeFontsSet(target, { ...few, listener, signal: controller.signal }),
    /stop/,
  );
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(), [
    "fonts",
  ]);
  assert.equal((await makeFontsSet(target, few)).made, true);
});

Deno.test("makeFontsSet() refuses options that cannot be right", async () => {
  const triplets = { train: 0, val: 1, test: 1 };
  for (
    const options of [{ imageSize: 65 }, { imageSize: 8 }, { seed: -1 }, { triplets }, {
      families: ["comic"],
    }, { families: [] }]
  ) {
    await assert.rejects(makeFontsSet("/nowhere", options), UsageError);
  }
});

Deno.test("makeFontsSet() says when a notion has no triplet", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "fonts");
  // One face shows each character once, so none is like another by its character.
  await assert.rejects(
    makeFontsSet(target, { ...few, families: ["lobster"] }),
    /Cannot (draw triplets of|make) the notion/,
  );
});

Deno.test("makeFontsSet() holds out typefaces: none of the test split is in another", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "fonts");
  // Two families must be left for validation, and they must have weights and slants.
  const families = fontFamilies.slice(0, 20);
  await makeFontsSet(target, { ...few, families, imageSize: 16, holdOut: "typeface" });
  const splitsOf = new Map<string, Set<string>>();
  for (const { typeface, split } of await attributes(target)) {
    splitsOf.set(typeface, (splitsOf.get(typeface) ?? new Set()).add(split));
  }
  assert.equal(splitsOf.size, families.length);
  for (const found of splitsOf.values()) assert.equal(found.size, 1);
});

Deno.test("fontFamilies has at least forty families", () => {
  assert.ok(fontFamilies.length >= 40);
});
