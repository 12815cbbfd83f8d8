import assert from "node:assert/strict";
import { findImageFiles, listImages, passedOverText } from "../../src/images/list_images.ts";
import { lostLinksText } from "../../src/images/folder_links.ts";
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

Deno.test("listImages() follows links to files and to folders elsewhere", async () => {
  await using folder = await temporaryFolder();
  await using scratch = await temporaryFolder();
  await touch(folder.path, "a/b.png");
  await touch(scratch.path, "cats/1.png", "cats/deep/2.png", "all/3.png", ".store/4.png");
  const link = (to: string, at: string) => Deno.symlink(to, join(folder.path, at));
  await link("a/b.png", "link.png");
  await link(join(scratch.path, "cats"), "cats");
  await Deno.symlink(join(scratch.path, "all"), join(scratch.path, "cats", "more"));
  await Deno.symlink(join(scratch.path, ".store"), join(scratch.path, "cats", "stored"));
  assert.deepEqual(
    await listImages(folder.path),
    [
      "a/b.png",
      "cats/1.png",
      "cats/deep/2.png",
      "cats/more/3.png",
      "cats/stored/4.png",
      "link.png",
    ],
  );
  await using images = await temporaryFolder();
  await Deno.symlink(folder.path, join(images.path, "images"));
  assert.equal((await listImages(join(images.path, "images"))).length, 6);
});

Deno.test("findImageFiles() names links that lead to nothing or back, and follows none in circles", async () => {
  await using folder = await temporaryFolder();
  await using scratch = await temporaryFolder();
  await touch(folder.path, "a/b.png");
  await touch(scratch.path, "cats/1.png");
  const link = (to: string, at: string) => Deno.symlink(to, join(folder.path, at));
  await link("nowhere.png", "broken.png");
  await link("self.png", "self.png");
  await link(folder.path, "a/round.png");
  await link("a", "again");
  await link("..", "above");
  await link(join(scratch.path, "cats"), "cats");
  await Deno.symlink(folder.path, join(scratch.path, "cats", "home"));
  await Deno.symlink(scratch.path, join(scratch.path, "cats", "up"));
  const { images, links } = await findImageFiles(folder.path);
  assert.deepEqual(images, ["a/b.png", "cats/1.png"]);
  assert.deepEqual(links, {
    followed: ["cats"],
    broken: ["broken.png", "self.png"],
    inner: ["a/round.png", "above", "again", "cats/home", "cats/up"],
  });
  assert.equal(
    lostLinksText("photos", links),
    "2 links of photos lead to nothing (broken.png, self.png): mend or remove them; 5 links of photos lead to a folder in it or above it (a/round.png, above, again and 2 more), which is not followed: no image is taken twice",
  );
  assert.equal(lostLinksText("photos", { followed: ["a"], broken: [], inner: [] }), null);
});

Deno.test("listImages() says where a link leads to nothing, be it the folder or all in it", async () => {
  await using folder = await temporaryFolder();
  const link = join(folder.path, "images");
  await Deno.symlink("/scratch/nowhere", link);
  await assert.rejects(listImages(link), {
    name: "CsnError",
    message:
      `Cannot list the images of ${link}: ${link} is a link to /scratch/nowhere, where there is nothing`,
  });
  await assert.rejects(listImages(folder.path), { message: /, but others \(1 link to nothing\)$/ });
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
