import assert from "node:assert/strict";
import { listImages } from "../../src/data/list_images.ts";
import { dirname, join } from "../../src/paths.ts";
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
