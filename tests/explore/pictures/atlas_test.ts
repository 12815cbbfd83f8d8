import assert from "node:assert/strict";
import { atlasCell } from "../../../src/explore/atlas_plan.ts";
import { Atlas } from "../../../src/explore/pictures/atlas.ts";
import { PictureFiles } from "../../../src/explore/pictures/picture_files.ts";
import { type ShownPack, SquarePictures } from "../../../src/explore/pictures/square_pictures.ts";
import { join } from "../../../src/files/paths.ts";
import { loadSharp } from "../../../src/images/decode_image.ts";
import { preparePack, readyPack } from "../../../src/sets/pack/pack.ts";
import type { ImageSet } from "../../../src/sets/image_set.ts";
import { picturesIn } from "../../helpers/explored_pictures.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { fileNames, writeSet } from "../../helpers/temporary_set.ts";

/** A set whose image i is of one colour, red = 10 i; image 3 is no image. */
async function colouredSet(folder: string): Promise<ImageSet> {
  const set = await writeSet(folder, fileNames(20));
  const sharp = await loadSharp();
  for (const [i, file] of set.imageFiles.entries()) {
    const create = {
      width: 80,
      height: 80,
      channels: 3,
      background: { r: 10 * i, g: 90, b: 30 },
    } as const;
    await sharp({ create }).png().toFile(join(set.imageFolder, file));
  }
  await Deno.writeTextFile(join(set.imageFolder, "3.png"), "no image");
  return set;
}

function packOf(set: ImageSet, size: number): Promise<ShownPack> {
  return preparePack(set, size, { allowMissing: true });
}

function atlas(set: ImageSet, pack: ShownPack | null, folder: string, onUnkept = () => {}): Atlas {
  const files = new PictureFiles(picturesIn(set.imageFolder, set.imageFiles));
  const images = set.imageFiles.map((_, i) => i);
  return new Atlas(images, new SquarePictures(files, pack, "crop"), { folder, onUnkept });
}

/** Red in the middle of a cell, or what a fifth from its corner has. */
async function reds({ plan }: Atlas, jpeg: Uint8Array): Promise<number[]> {
  const sharp = await loadSharp();
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return Array.from({ length: plan.count }, (_, place) => {
    const { x, y } = atlasCell(plan, place);
    return data[3 * ((y + plan.cell / 2) * info.width + x + plan.cell / 4)];
  });
}

function assertReds(found: readonly number[]): void {
  found.forEach((red, i) => {
    const expected = i === 3 ? 0x90 : 10 * i;
    assert.ok(Math.abs(red - expected) <= 3, `image ${i}: ${red} instead of ${expected}`);
  });
}

Deno.test("Atlas shows pictures from the pack where it is large enough, else from their files, lost ones crossed out", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await colouredSet(join(folder.path, "set"));
  for (const size of [0, 16, 64, 70]) {
    const pack = size === 0 ? null : await packOf(set, size);
    const made = atlas(set, pack, join(folder.path, `${size}`));
    assertReds(await reds(made, await made.sheet(0)));
  }
});

Deno.test("SquarePictures shows a picture whose file is gone from a smaller pack", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await colouredSet(join(folder.path, "set"));
  const pack = await packOf(set, 16);
  await Deno.remove(join(set.imageFolder, "7.png"));
  const files = new PictureFiles(picturesIn(set.imageFolder, set.imageFiles));
  const pixels = await new SquarePictures(files, pack, "crop").pixels(7, 64);
  assert.equal(pixels.length, 64 * 64 * 3);
  assert.deepEqual([...pixels.subarray(0, 3)], [70, 90, 30]);
  await assert.rejects(
    new SquarePictures(files, null, "crop").pixels(7, 64),
    /there is no such file/,
  );
});

Deno.test("Atlas keeps its sheets, and makes a broken one anew", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await colouredSet(join(folder.path, "set"));
  const kept = join(folder.path, "kept");
  const first = atlas(set, null, kept);
  const sheet = await first.sheet(0);
  const file = join(kept, first.key, "0.jpg");
  assert.deepEqual(await Deno.readFile(file), sheet);
  // What is kept is what is sent: known by a sheet that only the file can hold.
  const other = sheet.slice();
  other[other.length - 3] ^= 1;
  await Deno.writeFile(file, other);
  assert.deepEqual(await atlas(set, null, kept).sheet(0), other);
  await Deno.writeFile(file, sheet.subarray(0, sheet.length - 50));
  assert.deepEqual(await atlas(set, null, kept).sheet(0), sheet);
  assert.deepEqual(await Deno.readFile(file), sheet);
});

Deno.test("Atlas has another key for other files, another order and another pack", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await colouredSet(join(folder.path, "set"));
  const kept = join(folder.path, "kept");
  const pack = await packOf(set, 64);
  const keys = [atlas(set, null, kept).key, atlas(set, pack, kept).key];
  assert.equal(atlas(set, null, kept).key, keys[0]);
  await Deno.copyFile(join(set.imageFolder, "2.png"), join(set.imageFolder, "9.png"));
  await Deno.utime(join(set.imageFolder, "9.png"), 1e9, 1e9);
  keys.push(atlas(set, null, kept).key);
  keys.push(atlas({ ...set, imageFiles: set.imageFiles.toReversed() }, null, kept).key);
  assert.equal(new Set(keys).size, 4);
});

Deno.test("Atlas gives a sheet that cannot be kept, and says so", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await colouredSet(join(folder.path, "set"));
  await Deno.writeTextFile(join(folder.path, "file"), "");
  const said: string[] = [];
  const files = new PictureFiles(picturesIn(set.imageFolder, set.imageFiles));
  const made = new Atlas([0, 1], new SquarePictures(files, null, "crop"), {
    folder: join(folder.path, "file"),
    onUnkept: (text) => said.push(text),
  });
  assertReds(await reds(made, await made.sheet(0)));
  assert.equal(said.length, 1);
  assert.match(said[0], /^The small pictures are not kept for the next time: /);
});

Deno.test("readyPack() gives the pack that was made, and makes none", async () => {
  await using folder = await TemporaryFolder.make();
  const set = await colouredSet(folder.path);
  assert.equal(await readyPack(set, 16), null);
  const pack = await preparePack(set, 16, { allowMissing: true });
  assert.deepEqual(await readyPack(set, 16), pack);
  assert.equal(await readyPack(set, 32), null);
});
