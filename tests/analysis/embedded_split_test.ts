import assert from "node:assert/strict";
import { embedSplit } from "../../src/analysis/embedded_split.ts";
import { tripletListPath, writeTripletList } from "../../src/sets/triplet_list.ts";
import { join } from "../../src/files/paths.ts";
import { Model } from "../../src/model/model.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";
import { splitOf, valuedImages, writeValuedSet } from "../helpers/valued_set.ts";

/** The model's notions in the test split: triplets of images 27 to 30. */
async function fewTestTriplets(data: string): Promise<void> {
  for (const notion of ["shape", "colour"]) {
    await writeTripletList(
      tripletListPath(data, { notion, split: "test" }),
      Uint32Array.of(27, 30, 28, 30, 27, 29),
    );
  }
}

Deno.test("embedSplit() embeds each usable image of a split as a model does, and says where each triplet's images are", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeValuedSet(data);
  await fewTestTriplets(data);
  await Deno.writeTextFile(join(data, "images", "31.png"), "no picture");
  const path = await writeTinyModel(folder.path);
  const split = await embedSplit(await readModelFile(path), { data, allowMissing: true });
  const inTest = Array.from({ length: valuedImages }, (_, image) => image)
    .filter((image) => splitOf(image) === "test" && image !== 31);
  assert.deepEqual([...split.images], inTest);
  assert.equal(split.vectors.length, inTest.length * split.dimension);
  using model = await Model.load(path);
  const { set } = split;
  const expected = await model.embed(
    inTest.map((image) => join(set.imageFolder, set.imageFiles[image])),
  );
  split.vectors.forEach((value, at) => assert.ok(Math.abs(value - expected.vectors[at]) < 1e-5));
  assert.deepEqual(
    Array.from(split.positions, (row) => split.images[row]),
    [...split.triplets.images],
  );
  assert.deepEqual(split.notions, ["shape", "colour"]);
  split.masks.forEach((mask, row) =>
    assert.deepEqual([...mask], [...model.mask(split.notions[row])])
  );
  assert.equal((await Deno.stat(split.packPath)).size, valuedImages * 16 * 16 * 3);
  assert.equal(split.values!.texts.get("size")![2], "l");
});

Deno.test("embedSplit() of a set without values takes the images of its triplets", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeTinySet(data);
  await fewTestTriplets(data);
  const file = await readModelFile(await writeTinyModel(folder.path));
  const split = await embedSplit(file, { data });
  assert.deepEqual([...split.images], [27, 28, 29, 30]);
  assert.equal(split.values, null);
});

Deno.test("embedSplit() refuses a set that lacks a notion of the model's", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeTinySet(data, { notions: ["shape", "weight"] });
  const file = await readModelFile(await writeTinyModel(folder.path));
  await assert.rejects(
    embedSplit(file, { data }),
    /the model's notions are shape, colour, the set has shape, weight; pass `data` with a set that has colour/,
  );
});

Deno.test("embedSplit() takes the embeddings that are known, and embeds the others", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeValuedSet(data);
  const file = await readModelFile(await writeTinyModel(folder.path));
  const plain = await embedSplit(file, { data });
  const { dimension } = plain;
  // Unlike what the model gives, so that what is taken shows.
  const known = new Float32Array(valuedImages * dimension).fill(7);
  const [first, second, ...others] = plain.images;
  known.fill(NaN, second * dimension, (second + 1) * dimension);
  const row = (
    { vectors }: typeof plain,
    at: number,
  ) => [...vectors.subarray(at * dimension, (at + 1) * dimension)];
  const found = await embedSplit(file, { data, known });
  assert.deepEqual(row(found, 0), new Array(dimension).fill(7), `image ${first}`);
  row(found, 1).forEach((value, d) => assert.ok(Math.abs(value - row(plain, 1)[d]) < 1e-5));
  others.forEach((_, at) => assert.deepEqual(row(found, at + 2), new Array(dimension).fill(7)));
  known.fill(5);
  assert.ok((await embedSplit(file, { data, known })).vectors.every((value) => value === 5));
});
