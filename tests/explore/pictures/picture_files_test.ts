import assert from "node:assert/strict";
import { PictureFiles } from "../../../src/explore/pictures/picture_files.ts";
import { wholePicture } from "../../../src/explore/pictures/whole_picture.ts";
import { join } from "../../../src/files/paths.ts";
import { loadSharp } from "../../../src/images/decode_image.ts";
import { picturesIn } from "../../helpers/explored_pictures.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { fixtures } from "../../helpers/temporary_set.ts";

const tryDrawing =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>';

/** A folder `images` with pictures and what may pass for one, and a file outside it. */
async function pictureCase() {
  const folder = await TemporaryFolder.make();
  const images = join(folder.path, "images");
  await Deno.mkdir(join(images, "in"), { recursive: true });
  const copy = (from: string, to: string) => Deno.copyFile(join(fixtures, from), join(images, to));
  await copy("exif_6.jpg", "turned.jpg");
  await copy("cut_off.jpg", "cut.jpg");
  await copy("alpha.bmp", "in/old.bmp");
  await Deno.writeTextFile(join(images, "drawing.png"), tryDrawing);
  await Deno.writeTextFile(join(images, "page.png"), "<!doctype html><script>alert(1)</script>");
  await Deno.mkdir(join(images, "folder.png"));
  await Deno.copyFile(join(fixtures, "alpha.png"), join(folder.path, "secret.png"));
  await Deno.symlink(join(folder.path, "secret.png"), join(images, "link.png"));
  await Deno.symlink(join(images, "turned.jpg"), join(images, "inner.jpg"));
  await Deno.symlink(folder.path, join(images, "up"));
  const names = [
    "turned.jpg",
    "in/old.bmp",
    "inner.jpg",
    "gone.png",
    "link.png",
    "../secret.png",
    "up/secret.png",
    "cut.jpg",
    "drawing.png",
    "page.png",
    "folder.png",
  ];
  return { folder, images, names, files: new PictureFiles(picturesIn(images, names)) };
}

Deno.test("wholePicture() encodes a picture anew, turned as it is to be seen", async () => {
  const { folder, files } = await pictureCase();
  await using _folder = folder;
  const sharp = await loadSharp();
  for (const index of [0, 1, 2]) {
    const { format, exif } = await sharp(await wholePicture(files, index)).metadata();
    assert.deepEqual([format, exif], ["webp", undefined]);
  }
  const [before, after] = await Promise.all([
    sharp(join(fixtures, "exif_6.jpg")).metadata(),
    sharp(await wholePicture(files, 0)).metadata(),
  ]);
  assert.deepEqual([after.width, after.height], [before.height, before.width]);
});

Deno.test("wholePicture() says of what cannot be shown in which way it cannot", async () => {
  const { folder, files, names, images } = await pictureCase();
  await using _folder = folder;
  const expected: [number, string, RegExp][] = [
    [3, "gone", /: there is no such file$/],
    [4, "outside", /: its file lies outside /],
    [5, "outside", /: its file lies outside /],
    [6, "outside", /: its file lies outside /],
    [7, "broken", /: \S/],
    [8, "broken", /: it is a drawing \(SVG\)/],
    [9, "broken", /: \S/],
    [10, "broken", /: it is no regular file$/],
  ];
  for (const [index, state, message] of expected) {
    await assert.rejects(wholePicture(files, index), (error: Error & { state?: string }) => {
      assert.equal(error.state, state, names[index]);
      assert.match(error.message, message);
      assert.ok(error.message.startsWith(`Cannot show image ${index}, ${names[index]}: `));
      return true;
    });
  }
  const unknown = new PictureFiles({ ...picturesIn(images, names), pictureFolder: null });
  await assert.rejects(wholePicture(unknown, 0), /nothing says where its file lies/);
});

Deno.test("wholePicture() makes a large picture 1600 pixels wide at most, and no small one larger", async () => {
  await using folder = await TemporaryFolder.make();
  const sharp = await loadSharp();
  for (const [name, width, height] of [["large.png", 2000, 100], ["small.png", 20, 10]] as const) {
    const create = { width, height, channels: 3, background: "#345678" } as const;
    await sharp({ create }).png().toFile(join(folder.path, name));
  }
  const files = new PictureFiles(picturesIn(folder.path, ["large.png", "small.png"]));
  const sizes = await Promise.all([0, 1].map(async (index) => {
    const { width, height } = await sharp(await wholePicture(files, index)).metadata();
    return [width, height];
  }));
  assert.deepEqual(sizes, [[1600, 80], [20, 10]]);
});
