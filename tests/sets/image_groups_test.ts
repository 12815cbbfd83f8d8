import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { testModel } from "../../src/model/evaluate_model.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { groupHeader, readImageGroups } from "../../src/sets/image_groups.ts";
import { openImageSet } from "../../src/sets/image_set.ts";
import { makeTriplets } from "../../src/sets/make/make_triplets.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** A set of 36 pictures in 12 groups of three, by the column `shoe`; images may be without. */
async function withGroupedSet(
  test: (folder: string, data: string) => Promise<void>,
  groupColumn: string | null = "shoe",
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  const root = folder.path;
  await writeTinySet(join(root, "tiny"));
  const rows = Array.from(
    { length: 36 },
    (_, i) =>
      `${i}.png,c${i % 3},s${Math.floor(i / 3) % 3},shoe ${Math.floor(i / 9) * 3 + i % 3}\n`,
  );
  const table = join(root, "table.csv");
  await Deno.writeTextFile(table, ["image,colour,shape,shoe\n", ...rows].join(""));
  const data = join(root, "set");
  await makeTriplets(data, {
    ...{ images: join(root, "tiny", "images"), attributes: table },
    groupColumn: groupColumn ?? undefined,
    notions: ["colour", "shape"],
    shares: { train: 34, val: 33, test: 33 },
    triplets: { train: 20, val: 10, test: 20 },
  });
  await test(root, data);
}

Deno.test("readImageGroups() knows each image's group of a set that was split by groups", () =>
  withGroupedSet(async (_, data) => {
    const set = await openImageSet(data);
    const { column, numbers } = (await readImageGroups(set))!;
    assert.equal(column, "shoe");
    assert.equal(numbers.length, 36);
    const ofImage = (i: number) => numbers[set.imageFiles.indexOf(`${i}.png`)];
    for (let i = 0; i < 36; i++) {
      for (let j = 0; j < 36; j++) {
        const isSame = Math.floor(i / 9) === Math.floor(j / 9) && i % 3 === j % 3;
        assert.equal(ofImage(i) === ofImage(j), isSame, `${i} and ${j}`);
      }
    }
  }));

Deno.test("readImageGroups() is null for a set that was dealt image by image", () =>
  withGroupedSet(async (_, data) => {
    assert.equal(await readImageGroups(await openImageSet(data)), null);
    const header = (await Deno.readTextFile(join(data, "attributes.csv"))).split("\n")[0];
    assert.equal(header, "file,colour,shape,split");
  }, null));

Deno.test("readImageGroups() warns of a set of an older csn, which kept the groups' column alone", () =>
  withGroupedSet(async (_, data) => {
    const file = join(data, "set.json");
    const { made: { groups: _groups, ...made }, ...rest } = JSON.parse(
      await Deno.readTextFile(file),
    );
    await Deno.writeTextFile(file, JSON.stringify({ ...rest, made }));
    const warnings: string[] = [];
    const listener = { warning: (text: string) => warnings.push(text) };
    assert.equal(await readImageGroups(await openImageSet(data), listener), null);
    assert.match(
      warnings[0],
      /was split by the groups of column "shoe", but does not say .*make it|too narrow/,
    );
  }));

Deno.test("testModel() takes groups as units where the set was split by groups", () =>
  withGroupedSet(async (root, data) => {
    const file = await readModelFile(await writeTinyModel(root));
    const { units } = await testModel(file, { data });
    assert.deepEqual(units, { kind: "groups", count: 4 });
  }));

Deno.test("groupHeader() is no notion's name", () => {
  assert.equal(groupHeader(["shape"]), "group");
  assert.equal(groupHeader(["group", "group 2"]), "group 3");
});
