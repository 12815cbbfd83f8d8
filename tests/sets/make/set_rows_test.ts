import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { MakeTripletsOptions } from "../../../src/sets/make/make_triplets.ts";
import { join } from "../../../src/files/paths.ts";
import { TableCase } from "../../helpers/table_case.ts";

const numbers = Array.from({ length: 60 }, (_, at) => at);
const files = numbers.map((at) => `${at}.jpg`);
const colours = ["red", "green", "blue"];

function table(head: string, row: (image: number) => string): string {
  return [head, ...numbers.map(row)].join("\n");
}

/** What set.json says of how the set was made. */
async function made(test: TableCase): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(join(test.set, "set.json"))).made;
}

const spellings: readonly (readonly [train: string, val: string, test: string])[] = [
  ["train", "val", "test"],
  ["Training", "validation", "Testing"],
  ["TRAIN", "dev", "eval"],
  ["train", "eval", "test"],
  ["train", "valid", "eval"],
  ["0", "1", "2"],
  ["0.0", "1.0", "2.0"],
];

for (const spelling of spellings) {
  Deno.test(`rowsWithImages() takes the splits ${spelling.join(", ")} as they are given`, async () => {
    const given = (image: number) => [0, 0, 1, 2][Math.floor(image / 3) % 4];
    const text = table(
      "image,colour,part",
      (image) => `${image}.jpg,${colours[image % 3]},${spelling[given(image)]}`,
    );
    await using test = await TableCase.make(files, text);
    const report = await test.build({ notions: ["colour"], splitColumn: "part" });
    const attributes = await test.attributes();
    for (const image of numbers) {
      const split = (["train", "val", "test"] as const)[given(image)];
      assert.equal(attributes[`${image}.jpg`].split, split);
    }
    assert.deepEqual(report.splits, { train: 30, val: 15, test: 15 });
    assert.match(report.understood.join(), /column "part" gives the splits: .* is train/);
    const { splitColumn, shares } = await made(test);
    assert.deepEqual([splitColumn, shares], ["part", undefined]);
  });
}

Deno.test("rowsWithImages() leaves out rows without a split, with their count", async () => {
  const splits = ["train", "train", "val", "test", "", "NaN"];
  const text = table(
    "image,colour,split",
    (image) => `${image}.jpg,${colours[image % 3]},${splits[Math.floor(image / 3) % 6]}`,
  );
  await using test = await TableCase.make(files, text);
  const report = await test.build({ notions: ["colour"], splitColumn: "split" });
  assert.equal(report.images, 42);
  assert.deepEqual(report.dropped, [
    { reason: 'column "split" names no split', rows: 18, examples: ["12.jpg", "13.jpg", "14.jpg"] },
  ]);
});

Deno.test("rowsWithImages() refuses shares where a column or folders give the splits", async () => {
  const splits = ["train", "val", "test"];
  const of = (image: number) => splits[Math.floor(image / 3) % 3];
  const shares = { train: 70, val: 10, test: 20 };
  const text = table(
    "image,colour,split",
    (image) => `${image}.jpg,${colours[image % 3]},${of(image)}`,
  );
  await using given = await TableCase.make(files, text);
  await assert.rejects(
    given.build({ notions: ["colour"], splitColumn: "split", shares }),
    /Cannot deal the images by `shares`: column "split" gives the splits: .*; leave one of them out/,
  );
  await using tree = await TableCase.make(
    numbers.map((image) => `${of(image)}/${colours[image % 3]}/${image}.jpg`),
  );
  await assert.rejects(
    tree.build({ folders: "colour", shares }),
    /Cannot deal the images by `shares`: the folders at the top give the splits; leave one of/,
  );
});

Deno.test("rowsWithImages() refuses a group column with lists, but takes lists of one", async () => {
  const rows = (group: (image: number) => unknown) =>
    numbers.map((image) =>
      JSON.stringify({ image: `${image}.jpg`, colour: colours[image % 3], shoe: group(image) })
    ).join("\n");
  const shoe = (image: number) => `s${Math.floor(image / 2)}`;
  const lists = rows((image) => image < 4 ? [shoe(image), "s0"] : shoe(image));
  const options = { notions: ["colour"], groupColumn: "shoe" };
  await using test = await TableCase.make(files, lists, "table.jsonl");
  await assert.rejects(
    test.build(options),
    /table\.jsonl:1, column "shoe": \["s0","s0"\] is a list, as 4 of its 60 cells are, and a group is one value; name another/,
  );
  await using single = await TableCase.make(files, rows((image) => [shoe(image)]), "table.jsonl");
  assert.equal((await single.build(options)).images, 60);
});

Deno.test("rowsWithImages() refuses values that are no splits, and a split that is not there", async () => {
  const splits = ["train", "val", "test", "holdout", "3"];
  const text = table("image,colour,split", (image) => `${image}.jpg,red,${splits[image % 5]}`);
  await using unknown = await TableCase.make(files, text);
  await assert.rejects(
    unknown.build({ notions: ["colour"], splitColumn: "split" }),
    /splits from column "split" of .*: "holdout", "3" are none; it must hold train, val/,
  );
  const two = table(
    "image,colour,split",
    (image) => `${image}.jpg,${colours[image % 3]},${splits[image % 2]}`,
  );
  await using without = await TableCase.make(files, two);
  await assert.rejects(
    without.build({ notions: ["colour"], splitColumn: "split" }),
    /none is left for test; column "split" must name all of train, val and test/,
  );
});

Deno.test("readPlanned() points out a column that looks like splits", async () => {
  const splits = ["train", "val", "test", "0", "1", "2"];
  const text = table("image,colour,subset,partition,gender", (image) => {
    const at = Math.floor(image / 3) % 3;
    return `${image}.jpg,${colours[image % 3]},${splits[at]},${splits[3 + at]},${at}`;
  });
  await using test = await TableCase.make(files, text);
  const { warnings } = await test.build({ notions: ["colour"] });
  const about = warnings.filter((warning) => warning.includes("`splitColumn: "));
  assert.equal(about.length, 2, warnings.join("\n"));
  assert.match(about[0], /"subset" looks like given splits \(train 21, val 21, test 18\)/);
  assert.match(about[1], /"partition" .*pass `splitColumn: "partition"`/);
  const taken = await test.build({ notions: ["colour"], splitColumn: "subset" });
  assert.ok(!taken.warnings.some((warning) => warning.includes('"subset"')));
});

Deno.test("warnOfSplitGroups() names groups whose images are in several of the given splits", async () => {
  const splits = ["train", "val", "test"];
  const text = table(
    "image,colour,split,shoe",
    (image) =>
      `${image}.jpg,${colours[image % 3]},${splits[Math.floor(image / 6) % 3]},s${
        Math.floor(image / 9)
      }`,
  );
  await using test = await TableCase.make(files, text);
  const options = { notions: ["colour"], splitColumn: "split", groupColumn: "shoe" };
  const { warnings } = await test.build(options);
  assert.match(
    warnings.join("\n"),
    /6 of the 7 groups of column "shoe" are in several of the given splits, such as "s0" in train and val/,
  );
});

Deno.test("readFolders() makes a notion of an ImageFolder tree without a table", async () => {
  const tree = numbers.map((image) => `${image % 3}/${image}.jpg`);
  await using test = await TableCase.make([...tree, "alone.jpg"]);
  const report = await test.build({ folders: "kind" });
  assert.equal(report.images, 60);
  // Numbers as names of classes are no measurements.
  assert.deepEqual(report.notions.map(({ name, rule }) => [name, rule.type]), [[
    "kind",
    "categorical",
  ]]);
  assert.deepEqual(report.dropped, [
    { reason: "no folder names its value", rows: 1, examples: ["alone.jpg"] },
  ]);
  assert.equal(report.imageColumn, null);
  const attributes = await test.attributes();
  for (const image of numbers) assert.equal(attributes[tree[image]].kind, String(image % 3));
  assert.equal((await made(test)).folders, "kind");
  const first = await Deno.readTextFile(join(test.set, "set.json"));
  await test.build({ folders: "kind" });
  assert.equal(await Deno.readTextFile(join(test.set, "set.json")), first);
});

Deno.test("readFolders() takes the splits of a tree with train, val and test at its top", async () => {
  const tree = numbers.map((image) =>
    `${["Train", "valid", "test"][Math.floor(image / 3) % 3]}/${colours[image % 3]}/${image}.jpg`
  );
  await using test = await TableCase.make(tree);
  const report = await test.build({ folders: "colour", shares: undefined });
  assert.deepEqual(report.splits, { train: 21, val: 21, test: 18 });
  const attributes = await test.attributes();
  for (const [image, file] of tree.entries()) {
    assert.equal(attributes[file].colour, colours[image % 3]);
    assert.equal(attributes[file].split, ["train", "val", "test"][Math.floor(image / 3) % 3]);
  }
});

Deno.test("readFolders() refuses a tree that has splits at its top, but not all", async () => {
  const two = numbers.map((image) =>
    `${["train", "val"][image % 2]}/${colours[image % 3]}/${image}.jpg`
  );
  await using test = await TableCase.make(two);
  await assert.rejects(
    test.build({ folders: "colour" }),
    /called like splits \(train, val\), but train, val and test are not all there; .*`images: /,
  );
  const mixed = numbers.map((image) => `${["train", "test", "more"][image % 3]}/${image}.jpg`);
  await using doubtful = await TableCase.make(mixed);
  await assert.rejects(
    doubtful.build({ folders: "kind" }),
    /folders more, test, train .* but not all.*`acceptGuesses/s,
  );
});

Deno.test("readFolders() adds the folders' names to a table's notions", async () => {
  const tree = numbers.map((image) => `${["cat", "dog"][image % 2]}/${image}.jpg`);
  const text = table("image,colour", (image) => `${tree[image]},${colours[image % 3]}`);
  await using test = await TableCase.make(tree, text);
  const report = await test.build({ notions: ["colour"], folders: "animal" });
  assert.deepEqual(report.notions.map(({ name }) => name), ["colour", "animal"]);
  assert.equal((await test.attributes())["cat/4.jpg"].animal, "cat");
  await assert.rejects(test.build({ folders: "colour" }), /has a column of that name/);
});

Deno.test("makeTriplets() needs a table or folders", async () => {
  await using test = await TableCase.make(files);
  await assert.rejects(test.build({ notions: ["colour"] }), /`attributes`, or with `folders`/);
  await assert.rejects(
    test.build({ folders: "kind", notions: ["colour"] }),
    /column "colour" without a table/,
  );
});

Deno.test("rowsWithImages() counts lines that were left out for their cells", async () => {
  const text = table("image,colour", (image) => `${image}.jpg,${colours[image % 3]}`) + "\n1\n";
  await using test = await TableCase.make(files, text);
  await assert.rejects(test.build({ notions: ["colour"] }), /line 62 has 1 cell;/);
  const { dropped, images } = await test.build({ notions: ["colour"], skipBadLines: true });
  assert.equal(images, 60);
  assert.deepEqual(dropped, [{
    reason: "their cells are not as many as the columns",
    rows: 1,
    examples: ["line 62 with 1 cell"],
  }]);
});

Deno.test("rowsWithImages() names images that are there but for capital letters or their ending", async () => {
  const on = numbers.map((image) => image < 40 ? `${image}.JPG` : `${image}.png`);
  const text = table("image,colour", (image) => `${image}.jpg,${colours[image % 3]}`);
  await using test = await TableCase.make(on, text);
  await assert.rejects(
    test.build({ notions: ["colour"] }),
    /40 of them are there but for capital letters \(0\.jpg as 0\.JPG\), 20 of them are there with another ending \(40\.jpg as 40\.png\); write the names in the table as those of the files/,
  );
});

Deno.test("rowsWithImages() groups by the names of folders, with a table or without", async () => {
  const tree = numbers.map((image) => `s${Math.floor(image / 3)}/${image}.jpg`);
  const text = table("image,colour", (image) => `${tree[image]},${colours[image % 3]}`);
  for (const options of [{ notions: ["colour"] }, { attributes: undefined }]) {
    await using test = await TableCase.make(tree, text);
    await test.build({ ...options, folders: "shoe", groupColumn: "shoe" });
    const attributes = Object.values(await test.attributes());
    const splitsOf = Map.groupBy(attributes, ({ shoe }) => shoe);
    assert.equal(splitsOf.size, 20);
    for (const images of splitsOf.values()) {
      assert.equal(new Set(images.map(({ split }) => split)).size, 1);
    }
  }
});

Deno.test("readPlanned() warns of ids that a table stores as rounded numbers", async () => {
  const ids = [7045120923001450001n, 7045120923001450002n, 7045120999001450009n];
  const exact = numbers.map((image) => ids[image % 3]);
  const columnData = [
    { name: "image", data: files, type: "STRING" as const },
    { name: "rounded", data: exact.map(Number), type: "DOUBLE" as const },
    { name: "exact", data: exact, type: "INT64" as const },
  ];
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData }));
  await using test = await TableCase.make(files, bytes, "table.parquet");
  const options = { rules: { rounded: { type: "categorical" }, exact: { type: "categorical" } } };
  const { notions, warnings } = await test.build(options as Partial<MakeTripletsOptions>);
  assert.deepEqual(notions.map(({ values }) => values.length), [2, 3]);
  const about = warnings.filter((warning) => warning.includes("2^53"));
  assert.equal(about.length, 1);
  assert.match(
    about[0],
    /column "rounded" has whole numbers over 2\^53 that are stored as doubles/,
  );
});

Deno.test("rowsWithImages() refuses a file of a folder whose name the set's list cannot keep", async () => {
  const images = ["a/1.png", "a/2\n3.png", "a/4.png", "b/1.png", "b/2.png", "b/3.png"];
  await using test = await TableCase.make(images);
  await assert.rejects(
    test.build({ folders: "kind" }),
    /Cannot use the images in .*: the name "a\/2\\n3\.png" holds a line end .* rename the file/,
  );
});

Deno.test("ruleOf() takes no column for one that has a rule because every object has its name", async () => {
  const text = table(
    "image,constructor,valueOf",
    (image) => `${image}.jpg,${colours[image % 3]},g${Math.floor(image / 3)}`,
  );
  await using test = await TableCase.make(files, text);
  const options = { notions: ["constructor"], groupColumn: "valueOf", rules: {} };
  const { notions } = await test.build(options);
  assert.deepEqual(notions.map(({ name, column }) => [name, column]), [
    ["constructor", "constructor"],
  ]);
});
