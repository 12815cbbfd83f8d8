import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { folderEmbeddings } from "../../src/model/folder_embeddings.ts";
import type { MappedEmbeddings } from "../../src/model/mapped_embeddings.ts";
import { Model } from "../../src/model/model.ts";
import { embedSetFolder, openSearchedSet } from "../../src/model/searched_set.ts";
import { openImageSet } from "../../src/sets/image_set.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** A model and a set of 36 images. */
async function withSet(
  test: (parts: { folder: string; model: Model }) => Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeTinySet(set, { triplets: 4 });
  using model = await Model.load(await writeTinyModel(folder.path));
  await test({ folder: set, model });
}

/** How many images are embedded, and of which there are warnings. */
function counted() {
  const found = { embedded: 0, warnings: [] as string[] };
  const listener = {
    progress: ({ done }: { readonly done: number }) => found.embedded = done,
    warning: (text: string) => found.warnings.push(text),
  };
  return { found, options: { listener } };
}

Deno.test("embedSetFolder() embeds the set's images alone, in its order, and once", () =>
  withSet(async ({ folder, model }) => {
    const whole = await embedSetFolder(model, await openImageSet(folder));
    await Deno.remove(
      join(folder, [...Deno.readDirSync(folder)].find(({ name }) => name[0] === ".")!.name),
    );
    const few = { ...await openImageSet(folder), imageFiles: ["7.png", "3.png", "20.png"] };
    const first = counted();
    const set = await embedSetFolder(model, few, first.options);
    assert.deepEqual(first.found, { embedded: 3, warnings: [] });
    assert.deepEqual(set.names, few.imageFiles);
    set.at(1).forEach((value, d) => assert.ok(Math.abs(value - whole.at(3)[d]) < 1e-5));
    const second = counted();
    using mapped = await openSearchedSet(model, few, second.options) as MappedEmbeddings;
    assert.equal(second.found.embedded, 0);
    assert.deepEqual(mapped.read(), set);
  }));

Deno.test("embedSetFolder() and embedFolder() of its images take each other's embeddings", () =>
  withSet(async ({ folder, model }) => {
    const images = join(folder, "images");
    const set = await openImageSet(folder);
    const ofSet = await embedSetFolder(model, set);
    const second = counted();
    const ofFolder = await folderEmbeddings(model, images, second.options);
    assert.equal(second.found.embedded, 0);
    assert.deepEqual(ofFolder.at(ofFolder.names.indexOf("7.png")), ofSet.at(7));
    const kept = [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith(".csn-"));
    assert.equal(kept.length, 1);
    await Deno.remove(join(folder, kept[0].name));
    const third = counted();
    assert.deepEqual(await embedSetFolder(model, set, third.options), ofSet);
    assert.equal(third.found.embedded, 0);
  }));

Deno.test("embedSetFolder() keeps rows of NaN for images that are missing or unreadable, and counts them each time", () =>
  withSet(async ({ folder, model }) => {
    await Deno.remove(join(folder, "images", "5.png"));
    await Deno.writeTextFile(join(folder, "images", "9.png"), "no picture");
    const set = await openImageSet(folder);
    const lacking =
      /^2 of the 36 images of the set .* are missing or unreadable \(5\.png, 9\.png\): they are not searched$/;
    for (const embedded of [35, 0]) {
      const each = counted();
      const found = await embedSetFolder(model, set, each.options);
      assert.equal(each.found.embedded, embedded);
      assert.ok([5, 9].every((row) => found.at(row).every(Number.isNaN)));
      assert.ok(found.at(6).every(Number.isFinite));
      assert.match(each.found.warnings.at(-1)!, lacking);
    }
  }));
