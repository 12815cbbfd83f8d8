import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { parseCondition, whereOf } from "../../src/search/where.ts";
import { openImageSet } from "../../src/sets/image_set.ts";
import { makeTriplets } from "../../src/sets/make/make_triplets.ts";
import { readSetValues, valueColumns } from "../../src/sets/set_values.ts";
import { writeEmptyImages } from "../helpers/table_set.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

/** The columns of a set whose column "Main colour" became the notion "colour". */
async function columnsOf(root: string, groupColumn?: string) {
  await writeEmptyImages(join(root, "images"), 60);
  const rows = Array.from({ length: 60 }, (_, i) => `${i}.jpg,c${i % 3},s${i % 2},shoe ${i % 20}`);
  const table = join(root, "table.csv");
  await Deno.writeTextFile(table, ["image,Main colour,shape,shoe", ...rows].join("\n"));
  await makeTriplets(join(root, "set"), {
    images: join(root, "images"),
    attributes: table,
    groupColumn,
    rules: { "Main colour": { name: "colour" }, shape: {} },
    triplets: { train: 20, val: 5, test: 5 },
  });
  const set = await openImageSet(join(root, "set"));
  const columns = valueColumns((await readSetValues(set))!);
  const found = (condition: string) => {
    const meets = whereOf([parseCondition(condition)], columns);
    return set.imageFiles.filter((_, image) => meets(image)).map((file) => parseInt(file))
      .sort((a, b) => a - b);
  };
  return { columns, found };
}

const all = Array.from({ length: 60 }, (_, i) => i);

Deno.test("valueColumns() has the groups by which a set was split, by the table's name", async () => {
  await using folder = await TemporaryFolder.make();
  const { columns, found } = await columnsOf(folder.path, "shoe");
  assert.deepEqual([...columns.keys()], ["colour", "shape", "split", "shoe"]);
  assert.deepEqual(found("shoe=shoe 7"), [7, 27, 47]);
});

Deno.test("valueColumns() finds a notion by the name of its column, which is not listed", async () => {
  await using folder = await TemporaryFolder.make();
  const { columns, found } = await columnsOf(folder.path);
  assert.deepEqual([...columns.keys()], ["colour", "shape", "split"]);
  assert.deepEqual(found("Main colour=c1"), all.filter((i) => i % 3 === 1));
  assert.deepEqual(found("colour=c1"), found("Main colour=c1"));
  assert.throws(() => found("hue=c1"), /no column "hue"; there are colour, shape, split$/);
});
