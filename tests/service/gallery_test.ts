import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { writeEmbeddings } from "../../src/model/embedding_file.ts";
import { Model } from "../../src/model/model.ts";
import { openGallery } from "../../src/service/gallery.ts";
import { serviceCase } from "../helpers/service_case.ts";
import { writeTaughtModel, writeTinyModel } from "../helpers/tiny_model.ts";

Deno.test("openGallery() opens a set with its values, a folder, and files of the model's embeddings", async () => {
  await using given = await serviceCase();
  const { model, gallery, set } = given;
  assert.deepEqual(gallery.embeddings.names.slice(0, 2), ["0.png", "1.png"]);
  assert.deepEqual([...gallery.columns!.keys()].at(-1), "split");
  const folder = await openGallery(model, join(set, "images"));
  assert.deepEqual([folder.columns, folder.embeddings.names.length], [null, 36]);
  const warnings: string[] = [];
  const listener = { warning: (text: string) => warnings.push(text) };
  const own = join(set, "own.safetensors");
  await writeEmbeddings(own, gallery.embeddings, { masks: model.masks });
  const read = await openGallery(model, own, { listener });
  assert.deepEqual(read.embeddings.vectors, gallery.embeddings.vectors);
  // The tiny model's masks are not learned, so another model may have the same.
  assert.match(warnings.splice(0).join("\n"), /own\.safetensors does not say which model made/);
  const bare = join(set, "bare.npy");
  await writeEmbeddings(bare, gallery.embeddings);
  await openGallery(model, bare, { listener });
  assert.match(
    warnings.join("\n"),
    /bare\.npy does not say which model made its embeddings; distances mean something only if/,
  );
});

Deno.test("openGallery() refuses embeddings of another model", async () => {
  await using given = await serviceCase();
  const { gallery, set } = given;
  const file = join(set, "own.safetensors");
  const masks = new Map(
    [...given.model.masks].map(([notion, mask]) => [notion, mask.map((m) => m + 1)]),
  );
  await writeEmbeddings(file, gallery.embeddings, { masks });
  using model = await Model.load(await writeTinyModel(set));
  await assert.rejects(
    openGallery(model, file),
    /^CsnError: Cannot use the embeddings in .*own\.safetensors with the model .*: they are another model's, whose masks differ; pass the model that made them, or embed the images with this one$/,
  );
});

Deno.test("openGallery() takes embeddings that are older than a notion that was taught", async () => {
  await using given = await serviceCase();
  const { gallery, set, model } = given;
  const file = join(set, "own.safetensors");
  await writeEmbeddings(file, gallery.embeddings, { masks: model.masks });
  using taught = await Model.load(await writeTaughtModel(set, model.path));
  assert.equal(taught.notions.length, model.notions.length + 1);
  const { embeddings } = await openGallery(taught, file);
  assert.equal(taught.nearest(embeddings.at(3), embeddings, { notion: "elegance" })[0].index, 3);
});
