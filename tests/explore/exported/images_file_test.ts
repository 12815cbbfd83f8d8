import assert from "node:assert/strict";
import { readImages, writeImages } from "../../../src/explore/exported/images_file.ts";
import { alikeBy } from "../../../src/explore/image_values.ts";
import { NamedColumns } from "../../../src/sets/named_columns.ts";
import { readSetValues, valueColumns } from "../../../src/sets/set_values.ts";
import { openImageSet } from "../../../src/sets/image_set.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { valuedNotions, writeValuedSet } from "../../helpers/valued_set.ts";

const model = { notions: valuedNotions, masks: new Map(), info: {} };
const taught = { maskOf: () => undefined };

/** As it comes to the page. */
function throughJson<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("readImages() knows of images what writeImages() was given, of every kind of notion", async () => {
  await using folder = await TemporaryFolder.make();
  await writeValuedSet(folder.path);
  const set = await openImageSet(folder.path);
  const values = (await readSetValues(set))!;
  const columns = valueColumns(values);
  const embeddings = { names: set.imageFiles, vectors: new Float32Array(36), dimension: 1 };
  const images = { model, embeddings, columns, values, taught };
  const read = readImages(throughJson(writeImages(images, values.notionOf)));
  assert.deepEqual(read.names, set.imageFiles);
  assert.deepEqual([...read.columns!], [...columns]);
  assert.deepEqual(read.values!.texts, values.texts);
  for (let a = 0; a < 36; a++) {
    for (let b = 0; b < 36; b++) {
      const mine = alikeBy({ ...images, values: read.values }, a, b);
      assert.deepEqual(mine, alikeBy(images, a, b), `${a} and ${b}`);
    }
  }
});

Deno.test("readImages() finds a column by its other name, and knows nothing where nothing is known", () => {
  const columns = new NamedColumns(new Map([["Farbe", "colour"]]));
  columns.set("colour", [["red"], []]);
  const embeddings = { names: ["a", "b"], vectors: new Float32Array(2), dimension: 1 };
  const images = { model, embeddings, columns, values: null, taught };
  const read = readImages(throughJson(writeImages(images, new Map([["Farbe", "colour"]]))));
  assert.deepEqual(read.columns!.get("Farbe"), [["red"], []]);
  assert.equal(read.values, null);
  const none = throughJson(writeImages({ ...images, columns: null }, new Map()));
  assert.equal(readImages(none).columns, null);
});
