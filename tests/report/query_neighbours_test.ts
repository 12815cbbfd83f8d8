import assert from "node:assert/strict";
import { embedSplit } from "../../src/analysis/embedded_split.ts";
import { hardestTriplets, worstPlaces } from "../../src/report/hardest_triplets.ts";
import { PackPictures } from "../../src/images/pack_pictures.ts";
import { queryNeighbours } from "../../src/report/query_neighbours.ts";
import { scoreTriplets } from "../../src/analysis/scored_triplets.ts";
import { splitAccuracy } from "../../src/analysis/split_accuracy.ts";
import { join } from "../../src/files/paths.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { findSuspects } from "../../src/model/suspects.ts";
import { testModel } from "../../src/model/evaluate_model.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { valuesOf, writeValuedSet } from "../helpers/valued_set.ts";

/** The valued set, an untrained model of it, its test split. */
async function setting(folder: string) {
  const data = join(folder, "set");
  await writeValuedSet(data);
  const file = await readModelFile(await writeTinyModel(folder));
  return { data, file, split: await embedSplit(file, { data }) };
}

Deno.test("queryNeighbours() gives the nearest by each notion as EmbeddingSet does, and says which are alike", async () => {
  await using folder = await TemporaryFolder.make();
  const { split } = await setting(folder.path);
  using pack = await PackPictures.open(split.packPath, split.imageSize);
  const names = Array.from(split.images, (image) => split.set.imageFiles[image]);
  const embedded = new EmbeddingSet({ names, vectors: split.vectors, dimension: split.dimension });
  const queries = Uint32Array.of(0, 7);
  const found = await queryNeighbours(split, queries, 5, pack);
  assert.deepEqual(found.map(({ file }) => file), [names[0], names[7]]);
  for (const [number, { notions }] of found.entries()) {
    assert.deepEqual(notions.map(({ notion }) => notion), ["shape", "colour"]);
    for (const [row, { value, neighbours, picture }] of notions.entries()) {
      const own = queries[number];
      const expected = embedded.nearest(embedded.at(own), split.masks[row], { k: 6 })
        .filter(({ index }) => index !== own).slice(0, 5);
      assert.deepEqual(neighbours.map(({ file }) => file), expected.map(({ name }) => name));
      const known = (file: string) => valuesOf(parseInt(file))[row];
      assert.equal(value, known(names[own]));
      neighbours.forEach(({ file, value: theirs, isAlike, distance }, place) => {
        assert.ok(Math.abs(distance - expected[place].distance) < 1e-5);
        assert.equal(theirs, known(file));
        assert.equal(isAlike, value === "" || theirs === "" ? null : value === theirs);
      });
      assert.ok(picture.alt.startsWith(`${names[own]}, and nearest by`));
    }
  }
});

Deno.test("hardestTriplets() shows what findSuspects() finds, and counts all that are wrong", async () => {
  await using folder = await TemporaryFolder.make();
  const { data, file, split } = await setting(folder.path);
  using pack = await PackPictures.open(split.packPath, split.imageSize);
  const hardest = await hardestTriplets(split, scoreTriplets(split), pack, 3);
  const suspects = await findSuspects(file, { data, splits: ["test"], most: 1000 });
  let shownInAll = 0;
  for (const { notion, wrong, triplets, shown } of hardest) {
    const expected = suspects.filter((suspect) => suspect.notion === notion);
    assert.deepEqual([wrong, triplets], [expected.length, 16]);
    assert.equal(shown.length, Math.min(3, expected.length));
    shown.forEach(({ files, wrongBy, values }, place) => {
      assert.deepEqual(files, expected[place].files);
      assert.ok(Math.abs(wrongBy - expected[place].wrongBy) < 1e-4);
      const row = split.notions.indexOf(notion);
      assert.deepEqual(values, files.map((name) => valuesOf(parseInt(name))[row]));
      shownInAll++;
    });
  }
  assert.ok(shownInAll >= 2, String(shownInAll));
});

Deno.test("worstPlaces() leaves out what is right, takes a tie for wrong, and keeps the order of equals", () => {
  const far = Float64Array.of(1, 2, 1, 3, 1);
  const near = Float64Array.of(2, 1, 1, 6, 2);
  assert.deepEqual(worstPlaces({ far, near }), [3, 0, 4, 2]);
});

Deno.test("splitAccuracy() agrees with testModel(), with the same intervals", async () => {
  await using folder = await TemporaryFolder.make();
  const { data, file, split } = await setting(folder.path);
  const tested = await testModel(file, { data });
  const { all, notions } = splitAccuracy(split, scoreTriplets(split));
  assert.ok(Math.abs(all.value - tested.accuracy) < 1e-12);
  for (const [row, { value, low, high }] of notions.entries()) {
    assert.ok(Math.abs(value - tested.notions[row].accuracy) < 1e-12);
    assert.ok(low < value && value < high && low >= 0 && high <= 1);
    assert.deepEqual(tested.notions[row].interval, { low, high });
  }
});
