import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { openImageSet } from "../../../src/sets/image_set.ts";
import { makeTriplets, type MakeTripletsOptions } from "../../../src/sets/make/make_triplets.ts";
import { join, relative } from "../../../src/files/paths.ts";
import { readAttributes, readTriplets, setTexts } from "../../helpers/table_set.ts";
import { ColouredTable, counts, images, rows } from "../../helpers/coloured_table.ts";

Deno.test("makeTriplets() writes a set that opens, and refers to the images where they lie", async () => {
  await using fixture = await ColouredTable.make();
  const shares = { train: 2, val: 1, test: 1 };
  const report = await fixture.build({
    rules: { size: { alike: 3, unlike: 6 } },
    shares,
    flip: false,
  });
  const set = await openImageSet(fixture.set);
  assert.equal(set.imageFolder, join(fixture.folder.path, "images"));
  assert.deepEqual(set.notions, ["colour", "size"]);
  assert.deepEqual([set.name, set.flip], ["set", false]);
  assert.deepEqual(set.imageFiles, rows().map(([image]) => image));
  assert.deepEqual(report.splits, { train: 30, val: 15, test: 15 });
  assert.deepEqual(report.notions.map(({ name, triplets }) => [name, triplets]), [
    ["colour", counts],
    ["size", counts],
  ]);
  assert.deepEqual([...Deno.readDirSync(fixture.folder.path)].map(({ name }) => name).sort(), [
    "images",
    "set",
    "table.csv",
  ]);
});

Deno.test("makeTriplets() names images by a relative path where they were, so that they move with the set", async () => {
  await using fixture = await ColouredTable.make();
  const { path } = fixture.folder;
  const namedIn = async (set: string) =>
    JSON.parse(await Deno.readTextFile(join(set, "set.json"))).images;
  await fixture.build();
  assert.equal(await namedIn(fixture.set), join(path, "images"));
  await fixture.build({ images: relative(Deno.cwd(), join(path, "images")), overwrite: true });
  assert.equal(await namedIn(fixture.set), "../images");
  const moved = join(path, "moved");
  await Deno.mkdir(moved);
  for (const name of ["set", "images"]) await Deno.rename(join(path, name), join(moved, name));
  assert.equal((await openImageSet(join(moved, "set"))).imageFolder, join(moved, "images"));
});

Deno.test("makeTriplets() names images that do not move with the set by their absolute path", async () => {
  await using fixture = await ColouredTable.make();
  const { path } = fixture.folder;
  const set = join(path, "far", "away", "set");
  await makeTriplets(set, {
    images: relative(Deno.cwd(), join(path, "images")),
    attributes: join(path, "table.csv"),
    notions: ["colour"],
    triplets: counts,
  });
  assert.equal((await openImageSet(set)).imageFolder, join(path, "images"));
  const { images } = JSON.parse(await Deno.readTextFile(join(set, "set.json")));
  assert.equal(images, join(path, "images"));
});

Deno.test("makeTriplets() writes how images become squares where that is no crop", async () => {
  await using fixture = await ColouredTable.make();
  const texts = async (options: Partial<MakeTripletsOptions>) => {
    await fixture.build({ ...options, overwrite: true });
    return await Deno.readTextFile(join(fixture.set, "set.json"));
  };
  const cropped = await texts({});
  assert.equal(await texts({ fit: "crop" }), cropped);
  const { fit, ...rest } = JSON.parse(await texts({ fit: "pad:#102030" }));
  assert.equal(fit, "pad:#102030");
  assert.deepEqual(rest, JSON.parse(cropped));
  assert.equal((await openImageSet(fixture.set)).fit, "pad:#102030");
});

Deno.test("makeTriplets() copies the images when it is told to", async () => {
  await using fixture = await ColouredTable.make();
  await Deno.writeTextFile(join(fixture.folder.path, "images", "3.jpg"), "three");
  await fixture.build({ copy: true });
  const set = await openImageSet(fixture.set);
  assert.equal(set.imageFolder, join(fixture.set, "images"));
  assert.equal(await Deno.readTextFile(join(set.imageFolder, "3.jpg")), "three");
  assert.equal([...Deno.readDirSync(set.imageFolder)].length, images);
});

Deno.test("makeTriplets() refuses to copy the images into a set that lies among them", async () => {
  await using fixture = await ColouredTable.make();
  for (const images of [fixture.folder.path, join(fixture.folder.path, ".")]) {
    await assert.rejects(
      fixture.build({ images, copy: true }),
      /^CsnError: Cannot copy the images of .*: it lies among them, so each would be there twice/,
    );
  }
  assert.deepEqual(
    [...Deno.readDirSync(fixture.folder.path)].map(({ name }) => name).sort(),
    ["images", "table.csv"],
  );
});

Deno.test("makeTriplets() records in set.json what it takes to make the set again", async () => {
  await using fixture = await ColouredTable.make();
  await fixture.build({ seed: 9, groupColumn: "brand", sampling: "uniform" });
  const { made } = JSON.parse(await Deno.readTextFile(join(fixture.set, "set.json")));
  const bytes = await Deno.readFile(join(fixture.folder.path, "table.csv"));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  assert.deepEqual(made, {
    by: "make-triplets",
    table: { file: "table.csv", sha256 },
    imageColumn: "image",
    groupColumn: "brand",
    groups: "group",
    shares: { train: 70, val: 10, test: 20 },
    seed: 9,
    triplets: counts,
    sampling: "uniform",
    minImages: 2,
    rules: { colour: { type: "categorical", name: "colour" } },
  });
});

Deno.test("makeTriplets() finds images by id, by path with ./ and by %2E folders", async () => {
  const table = rows();
  table[4][0] = "4";
  table[5][0] = "./5.jpg";
  table[6][0] = "Bonnie Jean./6.jpg";
  table[7][0] = "sub/7";
  await using fixture = await ColouredTable.make(table);
  const folder = join(fixture.folder.path, "images");
  await Deno.mkdir(join(folder, "Bonnie Jean%2E"));
  await Deno.rename(join(folder, "6.jpg"), join(folder, "Bonnie Jean%2E", "6.jpg"));
  await Deno.mkdir(join(folder, "sub"));
  await Deno.rename(join(folder, "7.jpg"), join(folder, "sub", "7.jpg"));
  await fixture.build({ copy: true });
  const { imageFiles } = await openImageSet(fixture.set);
  assert.deepEqual(imageFiles.slice(4, 8), ["4.jpg", "5.jpg", "Bonnie Jean./6.jpg", "sub/7.jpg"]);
});

Deno.test("makeTriplets() counts rows with missing values for the notions that they have", async () => {
  const table = rows();
  for (const image of [0, 1, 2, 3]) table[image][1] = "";
  await using fixture = await ColouredTable.make(table);
  const shares = { train: 50, val: 25, test: 25 };
  const report = await fixture.build({ notions: ["colour", "size"], shares });
  assert.deepEqual(report.notions.map(({ known }) => known), [56, 60]);
  assert.equal(report.images, 60);
  const attributes = await readAttributes(fixture.set);
  for (const split of ["train", "val", "test"] as const) {
    for (const triplet of await readTriplets(fixture.set, "colour", split, images)) {
      for (const image of triplet) assert.notEqual(attributes[image].colour, "");
    }
  }
});

Deno.test("makeTriplets() drops values with too few images, and counts them", async () => {
  const table = rows();
  for (const image of [0, 1, 2]) table[image][1] = "gold";
  await using fixture = await ColouredTable.make(table);
  const [colour] = (await fixture.build({ minImages: 4 })).notions;
  assert.deepEqual(colour.droppedValues, [{ value: "gold", images: 3 }]);
  assert.deepEqual(colour.values, [
    { value: "blue", images: 19 },
    { value: "green", images: 19 },
    { value: "red", images: 19 },
  ]);
  assert.equal(colour.known, 57);
  assert.equal((await readAttributes(fixture.set))[0].colour, "");
});

Deno.test("makeTriplets() bins numbers into quantiles of as many images", async () => {
  await using fixture = await ColouredTable.make();
  const rule = { type: "numeric", quantiles: 4, alike: 0, unlike: 2 } as const;
  await fixture.build({ notions: [], rules: { size: rule } });
  const attributes = await readAttributes(fixture.set);
  // Sizes 0 to 19, three times each: bins 0 to 4, 5 to 9, 10 to 14, 15 to 19.
  const bin = (image: number) => Math.floor(Number(attributes[image].size) / 5);
  const triplets = await readTriplets(fixture.set, "size", "train", images);
  assert.equal(triplets.length, counts.train);
  for (const [anchor, far, near] of triplets) {
    assert.equal(bin(anchor), bin(near));
    assert.ok(Math.abs(bin(anchor) - bin(far)) >= 2);
  }
});

Deno.test("makeTriplets() gives what there is and says so when a notion has too few triplets", async () => {
  await using fixture = await ColouredTable.make();
  const warnings: string[] = [];
  const [colour] = (await fixture.build({
    triplets: { train: 50, val: 1000, test: 20 },
    listener: { warning: (text) => warnings.push(text) },
  })).notions;
  assert.ok(colour.triplets.val > 0 && colour.triplets.val < 1000);
  assert.match(warnings[0], /^notion "colour": 1 value has too few images in val or test .* "red"/);
  assert.deepEqual(warnings.slice(1), [
    `the notion colour gives ${colour.triplets.val} triplets for val, not 1000: there are no more`,
  ]);
});

Deno.test("makeTriplets() leaves out rows without an image or a group, and says which", async () => {
  const table = rows();
  table[7][3] = "";
  table[8][0] = "gone.jpg";
  await using fixture = await ColouredTable.make(table);
  await assert.rejects(
    fixture.build({ groupColumn: "brand" }),
    /Cannot find 1 of the 60 images .* \(gone\.jpg\); mend it, or pass `allowMissing: true`/,
  );
  const report = await fixture.build({ groupColumn: "brand", allowMissing: true });
  assert.deepEqual(report.dropped, [
    { reason: "the image is not there", rows: 1, examples: ["gone.jpg"] },
    { reason: 'column "brand" is empty', rows: 1, examples: ["7.jpg"] },
  ]);
  assert.equal(report.images, 58);
});

Deno.test("makeTriplets() replaces a set only when told to, and never what it is made from", async () => {
  await using fixture = await ColouredTable.make();
  await fixture.build();
  await assert.rejects(
    fixture.build(),
    /there is something already; .*`folder`, .*`overwrite: true`/,
  );
  await fixture.build({ overwrite: true, name: "new" });
  assert.equal((await openImageSet(fixture.set)).name, "new");
  const options = {
    images: join(fixture.folder.path, "images"),
    attributes: join(fixture.folder.path, "table.csv"),
    notions: ["colour"],
    overwrite: true,
  };
  await assert.rejects(makeTriplets(fixture.folder.path, options), /from which it is to be made/);
  assert.ok(Deno.statSync(join(fixture.folder.path, "table.csv")).isFile);
});

Deno.test("makeTriplets() leaves nothing behind when it is stopped", async () => {
  await using fixture = await ColouredTable.make();
  const controller = new AbortController();
  const listener = { progress: () => controller.abort(new Error("stop")) };
  await assert.rejects(fixture.build({ listener, signal: controller.signal }), /stop/);
  assert.deepEqual([...Deno.readDirSync(fixture.folder.path)].map(({ name }) => name).sort(), [
    "images",
    "table.csv",
  ]);
});

Deno.test("makeTriplets() draws the same lists as it ever did", async () => {
  const table = rows().map((row, image) => [...row, `${row[1]};t${image % 4}`]);
  await using fixture = await ColouredTable.make(table);
  const file = join(fixture.folder.path, "table.csv");
  await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replace("brand", "brand,tags"));
  await fixture.build({
    notions: ["colour", "size", "tags"],
    groupColumn: "brand",
    shares: { train: 50, val: 25, test: 25 },
  });
  const hash = createHash("sha256");
  for (const [name, text] of await setTexts(fixture.set, ["colour", "size", "tags"], false)) {
    // attributes.csv has had the images' groups since, in its last column.
    hash.update(name === "attributes.csv" ? text.replace(/,[^,\n]*$/gm, "") : text);
  }
  assert.equal(
    hash.digest("hex"),
    "913f508b05875e34e064655283f7d92cb18e290e28dc424fd4a8a7696ce7e1a9",
  );
});
