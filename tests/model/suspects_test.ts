import assert from "node:assert/strict";
import { openImageSet, splits } from "../../src/sets/image_set.ts";
import { tripletListPath } from "../../src/sets/triplet_list.ts";
import { join } from "../../src/files/paths.ts";
import { Model } from "../../src/model/model.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { findSuspects } from "../../src/model/suspects.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

Deno.test("findSuspects() gives the wrong triplets of each notion and split, the worst first, as a naive loop does", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeTinySet(data, { triplets: 64 });
  const path = await writeTinyModel(folder.path);
  const suspects = await findSuspects(await readModelFile(path), { data, splits, most: 5 });
  const set = await openImageSet(data);
  using model = await Model.load(path);
  const embedded = await model.embed(set.imageFiles.map((file) => join(set.imageFolder, file)));
  let checked = 0;
  for (const notion of ["shape", "colour"]) {
    for (const split of splits) {
      const text = await Deno.readTextFile(tripletListPath(data, { notion, split }));
      const lines = text.trimEnd().split("\n").map((line) => line.split(" ").map(Number));
      const wrongBy = lines.map(([anchor, far, near]) =>
        model.distance(embedded.at(anchor), embedded.at(near), { notion }) -
        model.distance(embedded.at(anchor), embedded.at(far), { notion })
      );
      const expected = wrongBy.filter((by) => by >= 0).sort((a, b) => b - a).slice(0, 5);
      const found = suspects.filter((one) => one.notion === notion && one.split === split);
      assert.equal(found.length, expected.length);
      found.forEach(({ line, images, files, wrongBy: by }, place) => {
        assert.deepEqual(images, lines[line - 1]);
        assert.deepEqual(files, images.map((image) => set.imageFiles[image]));
        // Float32 in another order of sums.
        assert.ok(Math.abs(by - expected[place]) < 1e-4);
        assert.ok(Math.abs(by - wrongBy[line - 1]) < 1e-4);
        checked++;
      });
    }
  }
  assert.ok(checked >= 15, String(checked));
});

Deno.test("findSuspects() names lines of the list though an image cannot be used", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeTinySet(data, { triplets: 64 });
  await Deno.writeTextFile(join(data, "images", "3.png"), "no picture");
  for (const notion of ["shape", "colour"]) {
    const list = tripletListPath(data, { notion, split: "train" });
    await Deno.writeTextFile(list, `# a remark\n${await Deno.readTextFile(list)}`);
  }
  const path = await writeTinyModel(folder.path);
  const suspects = await findSuspects(await readModelFile(path), { data, splits: ["train"] });
  assert.ok(suspects.length > 5);
  for (const { notion, line, images } of suspects) {
    const text = await Deno.readTextFile(tripletListPath(data, { notion, split: "train" }));
    assert.equal(text.split("\n")[line - 1], images.join(" "));
    assert.ok(!images.includes(3));
  }
});
