/** Tables and options of which no set is made. */
import assert from "node:assert/strict";
import type { MakeTripletsOptions } from "../../../src/sets/make/make_triplets.ts";
import { CsnError, UsageError } from "../../../src/base/errors.ts";
import { ColouredTable, rows } from "../../helpers/coloured_table.ts";

const bad: readonly [
  what: string,
  change: (table: string[][]) => void,
  options: Partial<MakeTripletsOptions>,
  wrong: RegExp,
][] = [
  [
    "a column that is not there",
    () => {},
    { notions: ["heel"] },
    /Cannot find column "heel" in .*table\.csv: it has "image", "colour", "size", "brand"/,
  ],
  [
    "no notion",
    () => {},
    { notions: [] },
    /No notion is named: .*table\.csv has the columns "colour", "size", "brand"; name .* `notions`/,
  ],
  ["a number that is none", (table) => table[3][2] = "12 cm", {
    rules: { size: { type: "numeric", unlike: 2 } },
  }, /table\.csv:5, column "size": "12 cm" is no number/],
  ["a value outside its order", (table) => table[9][1] = "pink", {
    rules: { colour: { order: ["red", "green", "blue"] } },
  }, /table\.csv:11, column "colour": "pink" is not in the order red, green, blue/],
  ["a value outside an order with a line's end", (table) => table[9][1] = "pink", {
    rules: { colour: { order: ["red", "green", "blue", "\n"] } },
  }, /^.*"pink" is not in the order red, green, blue, \\n; add it[^\n]*$/],
  [
    "an image that is named twice",
    (table) => table[9][0] = "4.jpg",
    {},
    /table\.csv:11, column "image": the image 4\.jpg is named twice, first at .*6/,
  ],
  [
    "an image that is named twice by two spellings",
    (table) => table[9][0] = ".//4.jpg",
    {},
    /table\.csv:11, .* named twice/,
  ],
  [
    "a row without an image",
    (table) => table[2][0] = "",
    {},
    /table\.csv:4, column "image": no image is named/,
  ],
  [
    "a path out of the folder",
    (table) => table[2][0] = "../table.jpg",
    {},
    /table\.csv:4, column "image": "\.\.\/table\.jpg" leaves the image folder/,
  ],
  [
    "an absolute path elsewhere",
    (table) => table[2][0] = "/etc/a.jpg",
    {},
    /table\.csv:4, .* does not lie in the image folder .*`images`/,
  ],
  [
    "a notion with one value",
    (table) => table.forEach((row) => row[1] = "red"),
    {},
    /notion "colour" from .*table\.csv, column "colour": it has the one value "red"; a notion needs two/,
  ],
  [
    "a notion without a value",
    (table) => table.forEach((row) => row[1] = ""),
    {},
    /column "colour": it has no value/,
  ],
  [
    "values that all have too few images",
    () => {},
    { minImages: 30 },
    /it has no value that at least 30 images have \(`minImages`\), of 3 in all/,
  ],
  ["an empty table", (table) => table.length = 0, {}, /table\.csv: it has columns but no row/],
  [
    "images that are elsewhere",
    (table) => table.forEach((row) => row[0] = `x/${row[0]}`),
    {},
    /Cannot find 60 of the 60 images .*; name the folder that "image" counts from with `images`/,
  ],
  ["a group column with one group", (table) => table.forEach((row) => row[3] = "b"), {
    groupColumn: "brand",
  }, /none is left for val; column "brand" has too few values/],
  [
    "two notions of one name",
    () => {},
    { rules: { size: { name: "colour" } } },
    /two notions "colour", those of the columns "colour" and "size"/,
  ],
  [
    "a name that cannot be a file",
    () => {},
    { rules: { size: { name: "a/b" } } },
    /notion of column "size" "a\/b": a name has letters/,
  ],
  [
    "a name that the set's table has",
    () => {},
    { rules: { size: { name: "split" } } },
    /attributes\.csv of the set has such a column/,
  ],
  ["a seed below 0", () => {}, { seed: -1 }, /`seed: -1`/],
  [
    "shares of nothing",
    () => {},
    { shares: { train: 1, val: 0, test: 1 } },
    /give val the share 0/,
  ],
  [
    "no triplets",
    () => {},
    { triplets: { train: 1, val: 1, test: 0 } },
    /draw 0 triplets for test/,
  ],
  [
    "images that are no folder",
    () => {},
    { images: "/nowhere" },
    /images in \/nowhere: there is no such folder/,
  ],
];

for (const [what, change, options, wrong] of bad) {
  Deno.test(`makeTriplets() refuses ${what}`, async () => {
    const table = rows();
    change(table);
    await using fixture = await ColouredTable.make(table);
    await assert.rejects(fixture.build(options), (error: unknown) => {
      assert.ok(error instanceof CsnError, String(error));
      assert.match(error.message, wrong);
      return true;
    });
    // Nothing half-made is left.
    assert.ok(
      ![...Deno.readDirSync(fixture.folder.path)].some(({ name }) => /^set$|part/.test(name)),
    );
  });
}

Deno.test("makeTriplets() ends with wrong usage for options, not for tables", async () => {
  await using fixture = await ColouredTable.make();
  await assert.rejects(fixture.build({ seed: 0.5 }), UsageError);
  await assert.rejects(fixture.build({ notions: [] }), UsageError);
});
