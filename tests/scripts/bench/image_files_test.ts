import assert from "node:assert/strict";
import { fileSide, photograph, writeFileSet } from "../../../scripts/bench/image_files.ts";
import { decodeImage } from "../../../src/images/decode_image.ts";
import { openImageSet } from "../../../src/sets/image_set.ts";
import { loadTriplets } from "../../../src/sets/triplets.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

Deno.test("photograph() is a JPEG file as heavy as a small photograph, by its seed", async () => {
  const [one, again, other] = [await photograph(1), await photograph(1), await photograph(2)];
  assert.deepEqual(one, again);
  assert.notDeepEqual(one, other);
  assert.deepEqual([...one.subarray(0, 3)], [0xff, 0xd8, 0xff]);
  // Those of Zappos50k, of the same side, have some 3 to 8 kB.
  assert.ok(one.length > 3000 && one.length < 12_000, `${one.length} bytes`);
  const pixels = await decodeImage(one, fileSide);
  assert.ok(new Set(pixels).size > 50, "it has few shades");
});

Deno.test("writeFileSet() makes a set that training reads", async () => {
  await using folder = await TemporaryFolder.make();
  await writeFileSet(folder.path, { images: 5, triplets: { train: 10, val: 4, test: 8 } });
  const set = await openImageSet(folder.path);
  assert.equal(set.imageFiles.length, 5);
  for (const file of set.imageFiles) await decodeImage(`${set.imageFolder}/${file}`, 16);
  const counts = async (split: "train" | "val" | "test") =>
    (await loadTriplets(set, split, { seed: 1 })).perNotion.map(({ triplets }) => triplets);
  // Whole triplets of each of the four notions: at least what was asked for.
  assert.deepEqual(await counts("train"), [3, 3, 3, 3]);
  assert.deepEqual(await counts("val"), [1, 1, 1, 1]);
  assert.deepEqual(await counts("test"), [2, 2, 2, 2]);
});
