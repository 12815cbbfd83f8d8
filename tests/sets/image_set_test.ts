import assert from "node:assert/strict";
import { notionRows, openImageSet } from "../../src/sets/image_set.ts";
import { CsnError, UsageError } from "../../src/base/errors.ts";
import { join } from "../../src/files/paths.ts";
import { temporaryFolder, writeSet } from "../helpers/temporary_set.ts";

function saying(...parts: RegExp[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof CsnError, String(error));
    for (const part of parts) assert.match(error.message, part);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  };
}

Deno.test("openImageSet() reads what set.json says", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, ["a.png", "b/c.png"]);
  const description = {
    format: 1,
    name: "mine",
    images: "/elsewhere/pictures",
    notions: ["x", "y", "z"],
    flip: true,
    fit: "pad",
    normalisation: { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] },
    seed: 4,
  };
  await Deno.writeTextFile(join(folder.path, "set.json"), JSON.stringify(description));
  assert.deepEqual(await openImageSet(folder.path), {
    name: "mine",
    folder: folder.path,
    imageFolder: "/elsewhere/pictures",
    imageFiles: ["a.png", "b/c.png"],
    notions: ["x", "y", "z"],
    flip: true,
    fit: "pad:#ffffff",
    normalisation: { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] },
  });
});

Deno.test("openImageSet() crops the images of a set that does not say otherwise", async () => {
  await using folder = await temporaryFolder();
  assert.equal((await writeSet(folder.path, ["a.png"])).fit, "crop");
});

Deno.test("openImageSet() finds images beside a set that a link leads to", async () => {
  await using folder = await temporaryFolder();
  const set = join(folder.path, "a", "set");
  await writeSet(set, ["a.png"]);
  await Deno.rename(join(set, "images"), join(folder.path, "a", "pictures"));
  const description = JSON.parse(await Deno.readTextFile(join(set, "set.json")));
  await Deno.writeTextFile(
    join(set, "set.json"),
    JSON.stringify({ ...description, images: "../pictures" }),
  );
  const link = join(folder.path, "link");
  await Deno.symlink(set, link);
  const { imageFolder } = await openImageSet(link);
  assert.deepEqual([...Deno.readDirSync(imageFolder)].map(({ name }) => name), ["a.png"]);
});

Deno.test("openImageSet() takes a folder without set.json for Zappos50k", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, ["Shoes/a.jpg"]);
  await Deno.remove(join(folder.path, "set.json"));
  const set = await openImageSet(folder.path);
  assert.equal(set.name, "zappos");
  assert.equal(set.imageFolder, join(folder.path, "ut-zap50k-images"));
  assert.deepEqual(set.notions, ["class", "closure", "gender", "heel"]);
  assert.equal(set.flip, true);
  assert.deepEqual(set.normalisation, { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
});

Deno.test("openImageSet() keeps all of a line but its end", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, ["a.png"]);
  const list = join(folder.path, "filenames.json");
  await Deno.writeTextFile(list, " Boots/Levi's® Shoes/1.2 .jpg \r\nb..c.jpg\nlast.jpg");
  const set = await openImageSet(folder.path);
  assert.deepEqual(set.imageFiles, [" Boots/Levi's® Shoes/1.2 .jpg ", "b..c.jpg", "last.jpg"]);
});

Deno.test("openImageSet() names the command that makes a missing set", async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(
    openImageSet(join(folder.path, "fonts")),
    saying(/fonts: there is no such folder/, /`makeFontsSet\(\)`/),
  );
  await assert.rejects(
    openImageSet(join(folder.path, "mine")),
    saying(/mine: there is no such folder; make a set of your images with `makeTriplets\(\)`/),
  );
  await assert.rejects(
    openImageSet(join(folder.path, "zappos")),
    saying(/`getZappos\(\)`/),
  );
  await assert.rejects(openImageSet(folder.path), saying(/filenames\.json: there is no such file/));
  await Deno.writeTextFile(join(folder.path, "filenames.json"), "a.png\n");
  await assert.rejects(openImageSet(folder.path), saying(/no folder tripletlists/));
});

Deno.test("openImageSet() names the line of a path that leaves the image folder", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, ["a.png"]);
  const list = join(folder.path, "filenames.json");
  for (const bad of ["/etc/passwd", "../b.png", "a/../../b.png", "a/.."]) {
    await Deno.writeTextFile(list, `a.png\n${bad}\n`);
    await assert.rejects(
      openImageSet(folder.path),
      saying(/filenames\.json:2: .*leaves the image folder/),
    );
  }
  await Deno.writeTextFile(list, "a.png\n\nb.png\n");
  await assert.rejects(openImageSet(folder.path), saying(/filenames\.json:2: the line is empty/));
  await Deno.writeTextFile(list, "");
  await assert.rejects(openImageSet(folder.path), saying(/filenames\.json: it is empty/));
});

Deno.test("openImageSet() names the field of set.json that cannot be right", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, ["a.png"]);
  const good = { format: 1, name: "n", images: "i", notions: ["a", "b"], flip: false };
  const normalisation = { mean: [0, 0, 0], std: [1, 1, 1] };
  const cases: [string, unknown][] = [
    ["format", { ...good, format: 2 }],
    ["name", { ...good, name: 3 }],
    ["images", { ...good, images: undefined }],
    ["notions", { ...good, notions: [] }],
    ["notions", { ...good, notions: "a" }],
    ["notions\\[1\\]", { ...good, notions: ["a", "a"] }],
    ["notions\\[0\\]", { ...good, notions: ["../a"] }],
    ["flip", { ...good, flip: "no" }],
    ["fit", { ...good, fit: "stretch" }],
    ["fit", { ...good, fit: "pad:#fff" }],
    ["normalisation", { ...good, normalisation: 1 }],
    ["normalisation.mean", { ...good, normalisation: { ...normalisation, mean: [1, 2] } }],
    ["normalisation.std", { ...good, normalisation: { ...normalisation, std: [1, 0, 1] } }],
  ];
  for (const [field, description] of cases) {
    await Deno.writeTextFile(join(folder.path, "set.json"), JSON.stringify(description));
    await assert.rejects(
      openImageSet(folder.path),
      saying(new RegExp(`set\\.json: field "${field}" is .*it should be `)),
    );
  }
  for (const text of ["{", "[]", "null"]) {
    await Deno.writeTextFile(join(folder.path, "set.json"), text);
    await assert.rejects(openImageSet(folder.path), saying(/set\.json: it (is|holds) no JSON/));
  }
});

Deno.test("notionRows() takes names and numbers and keeps the set's order", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, ["a.png"], {
    notions: ["class", "closure", "0", "heel"],
  });
  assert.deepEqual(notionRows(set, ["heel", "class"]), ["class", "heel"]);
  assert.deepEqual(notionRows(set, ["3", "1"]), ["closure", "heel"]);
  // A name goes before a number.
  assert.deepEqual(notionRows(set, ["0"]), ["0"]);
});

Deno.test("notionRows() refuses unknown, doubled and missing notions", async () => {
  await using folder = await temporaryFolder();
  const set = await writeSet(folder.path, ["a.png"]);
  const wrong: [string[], RegExp][] = [
    [["heel"], /Unknown notion "heel": .* colour \(0\), shape \(1\)/],
    [["2"], /Unknown notion "2"/],
    [["-1"], /Unknown notion "-1"/],
    [["shape", "1"], /"shape" is named twice/],
    [[], /No notion is named/],
  ];
  for (const [names, message] of wrong) {
    assert.throws(() => notionRows(set, names), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  }
});
