import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { embedFolder } from "../../src/model/folder_embeddings.ts";
import { Model } from "../../src/model/model.ts";
import { embedSet, otherOrderText } from "../../src/model/set_embeddings.ts";
import { openImageSet } from "../../src/sets/image_set.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** A model and a set whose images, sorted by path, come in another order (0, 1, 10, 11, ...). */
async function withSet(
  test: (parts: { folder: string; model: Model }) => Promise<void>,
): Promise<void> {
  await using temporary = await TemporaryFolder.make();
  const folder = join(temporary.path, "set");
  await writeTinySet(folder, { triplets: 4 });
  using model = await Model.load(await writeTinyModel(temporary.path));
  await test({ folder, model });
}

Deno.test("embedSet() has row i of the image that triplets call i", () =>
  withSet(async ({ folder, model }) => {
    const set = await openImageSet(folder);
    const embedded = await embedSet(model, set);
    assert.deepEqual(embedded.names, set.imageFiles);
    for (const image of [0, 2, 10, 35]) {
      const alone = await model.embed([join(folder, "images", `${image}.png`)]);
      const apart = Math.max(
        ...alone.at(0).map((each, d) => Math.abs(each - embedded.at(image)[d])),
      );
      assert.ok(apart < 1e-4, `${image}: ${apart}`);
    }
  }));

Deno.test("embedSet() refuses missing and unreadable images; with allowMissing their rows are NaN and the others keep their numbers", () =>
  withSet(async ({ folder, model }) => {
    const set = await openImageSet(folder);
    const whole = await embedSet(model, set);
    await Deno.writeTextFile(join(folder, "images", "7.png"), "no picture");
    await assert.rejects(
      embedSet(model, set),
      /Cannot embed the image set .*set: .*7\.png.*, so rows after it would .*`allowMissing: true`/,
    );
    for (const image of [3, 4]) await Deno.remove(join(folder, "images", `${image}.png`));
    await assert.rejects(
      embedSet(model, set),
      /2 of its 36 images are missing \(3\.png, 4\.png\), so rows after it/,
    );
    const warnings: string[] = [];
    const listener = { warning: (text: string) => warnings.push(text) };
    const some = await embedSet(model, set, { allowMissing: true, listener });
    assert.match(warnings.join(), /^3 of the 36 images of .* \(3\.png, 4\.png, 7\.png\): .* NaN$/);
    assert.deepEqual(some.names, set.imageFiles);
    for (const image of [3, 4, 7]) assert.ok(some.at(image).every(Number.isNaN));
    for (const image of [2, 5, 6, 8, 35]) {
      const apart = some.at(image).map((each, d) => Math.abs(each - whole.at(image)[d]));
      assert.ok(Math.max(...apart) < 1e-4, String(image));
    }
  }));

Deno.test("embedFolder() warns where it holds a set's images in another order, and only there", () =>
  withSet(async ({ folder, model }) => {
    const images = join(folder, "images");
    const warnings: string[] = [];
    const listener = { warning: (text: string) => warnings.push(text) };
    await embedFolder(model, images, { listener });
    // 0 and 1 are in their places: 10 comes third.
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0],
      /images holds the images of the set .*set\. They are embedded sorted by path: 3\d of 36 rows/,
    );
    const sorted = (await embedFolder(model, images)).names;
    assert.match(
      (await otherOrderText(folder, sorted.map((name) => `images/${name}`)))!,
      /36 rows/,
    );
    await Deno.writeTextFile(
      join(folder, "filenames.json"),
      sorted.map((name) => name + "\n").join(""),
    );
    assert.equal(await otherOrderText(images, sorted), null);
    assert.equal(await otherOrderText(join(folder, ".."), []), null);
  }));
