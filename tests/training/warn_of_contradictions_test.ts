import assert from "node:assert/strict";
import { readTripletList, tripletListPath, writeTripletList } from "../../src/sets/triplet_list.ts";
import { join } from "../../src/files/paths.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { prepareTraining } from "../../src/training/prepare.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { valuedImages, writeValuedSet } from "../helpers/valued_set.ts";

/** What is warned of before a training on colour and shape begins. */
async function warnings(data: string): Promise<string[]> {
  const heard: string[] = [];
  await using _prepared = await prepareTraining({
    ...defaultConfig,
    ...{ data, notions: ["colour", "shape"], imageSize: 16, trainTriplets: 400 },
  }, { listener: { warning: (text) => heard.push(text) } });
  return heard;
}

/** A set whose shape and colour lists are as its values say: the tiny set's names are the other way round. */
async function writeRightSet(folder: string): Promise<string> {
  const set = join(folder, "set");
  await writeValuedSet(set);
  const path = (notion: string) => tripletListPath(set, { notion, split: "train" });
  const [shape, colour] = [
    await readTripletList(path("shape"), valuedImages),
    await readTripletList(path("colour"), valuedImages),
  ];
  // Image 5 has no shape: what is not known contradicts nothing.
  await writeTripletList(path("shape"), colour);
  await writeTripletList(path("colour"), shape);
  return set;
}

Deno.test("prepareTraining() warns of nothing where lists and values agree, or values are not known", async () => {
  await using folder = await TemporaryFolder.make();
  assert.deepEqual(await warnings(await writeRightSet(folder.path)), []);
});

Deno.test("prepareTraining() counts triplets that contradict the values, and says when far and near are exchanged", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await writeRightSet(folder.path);
  const path = tripletListPath(set, { notion: "colour", split: "train" });
  const right = await readTripletList(path, valuedImages);
  const exchanged = right.map((_, at) => right[at % 3 === 0 ? at : at % 3 === 1 ? at + 1 : at - 1]);
  const three = right.slice();
  three.set(exchanged.subarray(0, 9));
  await writeTripletList(path, three);
  assert.deepEqual(await warnings(set), [
    `3 of the 64 training triplets of colour contradict the set's values (attributes.csv); \`auditSet("${set}")\` lists them`,
  ]);
  await writeTripletList(path, exchanged);
  const [warning] = await warnings(set);
  assert.match(
    warning,
    /^64 of the 64 .* far and near are exchanged; a line is `anchor far near`;/,
  );
});

Deno.test("prepareTraining() goes on where the values are of other images, and says so", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await writeRightSet(folder.path);
  const file = join(set, "attributes.csv");
  await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replace("\n0.png", "\nzero.png"));
  const heard = await warnings(set);
  assert.equal(heard.length, 1);
  assert.match(
    heard[0],
    /^the lists are not compared with the set's values: .* are not the images/,
  );
});
