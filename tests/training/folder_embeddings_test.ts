import assert from "node:assert/strict";
import { join } from "../../src/paths.ts";
import { embedFolder } from "../../src/training/folder_embeddings.ts";
import { Model } from "../../src/training/model.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** A model and a folder of five images. */
async function withImages(
  test: (parts: { root: string; images: string; model: Model }) => Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "set"), { triplets: 4 });
  const images = join(folder.path, "images");
  await Deno.mkdir(images);
  for (let i = 0; i < 5; i++) {
    await Deno.copyFile(
      join(folder.path, "set", "images", `${i}.png`),
      join(images, `${i}.png`),
    );
  }
  using model = await Model.load(await writeTinyModel(folder.path));
  await test({ root: folder.path, images, model });
}

/** The embeddings, and how many images were embedded for them. */
async function embed(model: Model, images: string) {
  let embedded = 0;
  const set = await embedFolder(model, images, {
    listener: { progress: ({ done }) => embedded = done },
  });
  return { set, embedded };
}

function keptFile(images: string): string {
  const kept = [...Deno.readDirSync(images)].filter(({ name }) => name.startsWith(".csn-"));
  assert.equal(kept.length, 1);
  return join(images, kept[0].name);
}

Deno.test("embedFolder() embeds a folder once, and again when an image changes", () =>
  withImages(async ({ root, images, model }) => {
    const first = await embed(model, images);
    assert.equal(first.embedded, 5);
    assert.deepEqual(first.set.names, ["0.png", "1.png", "2.png", "3.png", "4.png"]);
    assert.deepEqual(await embed(model, images), { set: first.set, embedded: 0 });
    await Deno.copyFile(join(root, "set", "images", "30.png"), join(images, "4.png"));
    await Deno.utime(join(images, "4.png"), 1, 1);
    const changed = await embed(model, images);
    assert.equal(changed.embedded, 5);
    assert.deepEqual(changed.set.at(3), first.set.at(3));
    assert.notDeepEqual(changed.set.at(4), first.set.at(4));
  }));

Deno.test("embedFolder() does not trust embeddings of a model that was trained on, nor a damaged file", () =>
  withImages(async ({ root, images, model }) => {
    const { set } = await embed(model, images);
    const kept = keptFile(images);
    const whole = await Deno.readFile(kept);
    await Deno.writeFile(kept, whole.subarray(0, whole.length - 4));
    assert.deepEqual(await embed(model, images), { set, embedded: 5 });
    const path = await writeTinyModel(root, 2);
    await Deno.utime(path, 1, 1);
    using other = await Model.load(path);
    const found = await embed(other, images);
    assert.equal(found.embedded, 5);
    assert.notDeepEqual(found.set.vectors, set.vectors);
  }));

Deno.test("embedFolder() stops at the signal and keeps nothing", () =>
  withImages(async ({ images, model }) => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(embedFolder(model, images, { signal }), /enough/);
    assert.deepEqual([...Deno.readDirSync(images)].filter(({ name }) => name.startsWith(".")), []);
  }));
