/** What exportPage() writes and refuses. */
import assert from "node:assert/strict";
import { exportPage } from "../../../src/explore/exported/export_page.ts";
import { filesBelow } from "../../../src/files/exists.ts";
import { join } from "../../../src/files/paths.ts";
import { writeEmbeddings } from "../../../src/model/embedding_file.ts";
import { EmbeddingSet } from "../../../src/model/embedding_set.ts";
import { type ServiceCase, serviceCase } from "../../helpers/service_case.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

let made: ServiceCase;

Deno.test.beforeAll(async () => {
  made = await serviceCase();
});

Deno.test.afterAll(async () => await made[Symbol.asyncDispose]());

/** The names of what lies in a folder, hidden ones too. */
async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test("exportPage() writes the same bytes again, and says which files it wrote", async () => {
  await using place = await TemporaryFolder.make();
  const [one, two] = ["one", "two"].map((name) => join(place.path, name));
  const found = await exportPage(made.model, { among: made.set, folder: one });
  await exportPage(made.model, { among: made.set, folder: two });
  const files = (await filesBelow(one)).sort();
  assert.equal(found.files, files.length);
  assert.equal(found.images, 36);
  assert.equal(found.unreadable, 0);
  const sizes = await Promise.all(files.map(async (file) => {
    const bytes = await Deno.readFile(join(one, file));
    assert.deepEqual(bytes, await Deno.readFile(join(two, file)), file);
    return bytes.length;
  }));
  assert.equal(found.size, sizes.reduce((sum, size) => sum + size, 0));
  assert.deepEqual(await namesIn(place.path), ["one", "two"]);
});

Deno.test("exportPage() writes no path of this machine", async () => {
  await using place = await TemporaryFolder.make();
  const folder = join(place.path, "page");
  await exportPage(made.model, { among: made.set, folder, exportAs: "int8" });
  for (const file of (await filesBelow(folder)).filter((path) => path.endsWith(".json"))) {
    const text = await Deno.readTextFile(join(folder, file));
    assert.ok(!text.includes(made.set) && !text.includes(place.path), file);
  }
});

Deno.test("exportPage() replaces an earlier page with `overwrite` alone, and nothing foreign", async () => {
  await using place = await TemporaryFolder.make();
  const folder = join(place.path, "page");
  const options = { among: made.set, folder };
  await exportPage(made.model, options);
  await assert.rejects(
    exportPage(made.model, options),
    /^CsnError: Cannot export the page in .*page: there is something already; choose another folder with `folder`, or replace it with `overwrite: true`$/,
  );
  await exportPage(made.model, { ...options, exportAs: "int8", overwrite: true });
  await Deno.writeTextFile(join(folder, "thesis.txt"), "mine");
  await assert.rejects(
    exportPage(made.model, { ...options, overwrite: true }),
    /files lie in that page that csn did not put there \(thesis\.txt\), so it is not replaced/,
  );
  assert.equal(await Deno.readTextFile(join(folder, "thesis.txt")), "mine");
});

Deno.test("exportPage() refuses a folder that is no page, and leaves it as it is", async () => {
  await using place = await TemporaryFolder.make();
  await Deno.writeTextFile(join(place.path, "letter.txt"), "mine");
  await assert.rejects(
    exportPage(made.model, { among: made.set, folder: place.path, overwrite: true }),
    /there is something else, no exported page \(letter\.txt\)/,
  );
  assert.deepEqual(await namesIn(place.path), ["letter.txt"]);
});

Deno.test("exportPage() leaves nothing behind when it is stopped", async () => {
  await using place = await TemporaryFolder.make();
  const controller = new AbortController();
  const listener = {
    progress: ({ what }: { readonly what: string }) => {
      if (what === "Drawing pictures") controller.abort(new Error("enough"));
    },
  };
  const { signal } = controller;
  const options = { among: made.set, folder: join(place.path, "page"), listener, signal };
  await assert.rejects(exportPage(made.model, options), /enough/);
  assert.deepEqual(await namesIn(place.path), []);
});

Deno.test("exportPage() counts pictures that cannot be read, and exports whole ones if asked to", async () => {
  await using place = await TemporaryFolder.make();
  const images = join(place.path, "images");
  await Deno.mkdir(images);
  const { embeddings } = made.gallery;
  for (const name of embeddings.names.slice(1)) {
    await Deno.copyFile(join(made.set, "images", name), join(images, name));
  }
  const among = join(place.path, "all.safetensors");
  await writeEmbeddings(among, embeddings);
  const folder = join(place.path, "page");
  const found = await exportPage(made.model, { among, images, folder, pictures: true });
  assert.equal(found.unreadable, 1);
  const manifest = JSON.parse(await Deno.readTextFile(join(folder, "exported.json")));
  assert.deepEqual(Object.keys(manifest.pictures.faults), ["0"]);
  assert.equal(manifest.pictures.faults[0].state, "gone");
  assert.ok(!manifest.pictures.faults[0].message.includes(place.path));
  assert.deepEqual(manifest.pictures.whole.missing, [0]);
  assert.equal((await filesBelow(join(folder, "pictures"))).length, 35);
});

Deno.test("exportPage() refuses more images than a browser holds, before it lays any out", async () => {
  await using place = await TemporaryFolder.make();
  const count = 60_001;
  const { dimension } = made.gallery.embeddings;
  const vectors = new Float32Array(count * dimension);
  const names = Array.from({ length: count }, (_, i) => `${i}.png`);
  const among = join(place.path, "many.safetensors");
  await writeEmbeddings(among, new EmbeddingSet({ names, vectors, dimension }));
  await assert.rejects(
    exportPage(made.model, { among, folder: join(place.path, "page") }),
    /has 60001 images, and a page without a server holds 60000 at most; explore a part of them with `among`/,
  );
  assert.deepEqual(await namesIn(place.path), ["many.safetensors"]);
});
