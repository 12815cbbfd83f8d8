import assert from "node:assert/strict";
import { findImageFiles, listImages, passedOverText } from "../../src/images/list_images.ts";
import { dirname, join } from "../../src/files/paths.ts";
import { temporaryFolder } from "../helpers/temporary_set.ts";

async function touch(folder: string, ...files: string[]): Promise<void> {
  for (const file of files) {
    await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
    await Deno.writeTextFile(join(folder, file), "");
  }
}

Deno.test("listImages() finds images at any depth, sorted by their characters' codes", async () => {
  await using folder = await temporaryFolder();
  await touch(folder.path, "b.png", "B.JPG", "a/z.jpeg", "a/é é.webp", "a.tif", "10.gif", "2.avif");
  await touch(folder.path, "notes.txt", "png", ".hidden.png", ".git/c.png", "a/._z.jpeg");
  assert.deepEqual(
    await listImages(folder.path),
    ["10.gif", "2.avif", "B.JPG", "a.tif", "a/z.jpeg", "a/é é.webp", "b.png"],
  );
});

Deno.test("listImages() follows links to files and no others", async () => {
  await using folder = await temporaryFolder();
  await touch(folder.path, "a/b.png");
  await Deno.symlink("a/b.png", join(folder.path, "link.png"));
  await Deno.symlink("nowhere.png", join(folder.path, "broken.png"));
  await Deno.symlink(folder.path, join(folder.path, "a", "round.png"));
  assert.deepEqual(await listImages(folder.path), ["a/b.png", "link.png"]);
});

Deno.test("listImages() says when there is no folder or no image", async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(listImages(folder.path), {
    name: "CsnError",
    message: /it has no file that ends in/,
  });
  const missing = join(folder.path, "x");
  await assert.rejects(listImages(missing), {
    name: "CsnError",
    message: /x: there is no such folder/,
  });
});

Deno.test("findImageFiles() counts what is no image, by ending; hidden files and csn's own aside", async () => {
  await using folder = await temporaryFolder();
  await touch(folder.path, "a.png", "b.bmp", "c.PPM", "x/d.HEIC", "e.heic", "notes.txt", "README");
  await touch(folder.path, ".hidden.txt", "f.npy", "f.npy.names.txt", "g.safetensors");
  await touch(folder.path, "set/filenames.json", "set/set.json", "set/32.pack", "set/32.pack.json");
  await touch(folder.path, "set/tripletlists/a.txt", "set/attributes.csv", "set/more.csv");
  const { images, passedOver } = await findImageFiles(folder.path);
  assert.deepEqual(images, ["a.png", "b.bmp", "c.PPM"]);
  assert.equal(
    passedOverText("photos", passedOver),
    "5 files of photos are passed over, as no image by their ending: 2 .heic, 1 without ending, 1 .csv, 1 .txt",
  );
  assert.equal(passedOverText("photos", new Map()), null);
});

Deno.test("listImages() names the endings that a folder has when none is an image's", async () => {
  await using folder = await temporaryFolder();
  await touch(folder.path, "a.heic", "b.heic");
  await assert.rejects(listImages(folder.path), { message: /, but others \(2 \.heic\)$/ });
});

Deno.test("findImageFiles() takes the charts of a report for no images", async () => {
  await using folder = await temporaryFolder();
  await touch(folder.path, "a.png", "report.html", "report/map.png", "report/map.svg");
  await touch(folder.path, "report/layouts/0a.f32", "report/own.jpg", "plain/b.png");
  const analysis = JSON.stringify({ format: 1, model: { path: "m" } }, null, 1);
  await Deno.writeTextFile(join(folder.path, "report", "analysis.json"), analysis);
  await Deno.writeTextFile(join(folder.path, "plain", "analysis.json"), "{}");
  const { images, passedOver } = await findImageFiles(folder.path);
  assert.deepEqual(images, ["a.png", "plain/b.png", "report/own.jpg"]);
  assert.deepEqual([...passedOver].sort(), [[".html", 1], [".json", 1]]);
});
