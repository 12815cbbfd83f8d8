import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { imageDigests } from "../../../src/sets/pack/image_digests.ts";
import type { Pack } from "../../../src/sets/pack/pack.ts";
import { join } from "../../../src/files/paths.ts";
import { randomUint32 } from "../../../src/base/random.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

/** 400 images of 100 pixels, 12 MB, so more than one chunk; image 300 is a copy of image 7. */
async function writePack(folder: string): Promise<{ pack: Pack; pixels: Uint8Array }> {
  const [imageSize, count] = [100, 400];
  const bytes = 3 * imageSize ** 2;
  const words = Uint32Array.from(
    { length: count * bytes / 4 },
    (_, i) => randomUint32(1, 2, i),
  );
  const pixels = new Uint8Array(words.buffer);
  pixels.copyWithin(300 * bytes, 7 * bytes, 8 * bytes);
  const path = join(folder, "100.pack");
  await Deno.writeFile(path, pixels);
  const unreadable = [{ image: 5, file: "5.png", reason: "it is no image" }];
  return {
    pack: { path, imageSize, preprocessing: "none", bytes: null, count, unreadable },
    pixels,
  };
}

Deno.test("imageDigests() gives 48 bits of each image's own SHA-256, in the order that is asked for", async () => {
  await using folder = await TemporaryFolder.make();
  const { pack, pixels } = await writePack(folder.path);
  const images = Uint32Array.from([399, 0, 7, 300, 5, 150, 8]);
  const bytes = 3 * pack.imageSize ** 2;
  const expected = Array.from(images, (image) => {
    if (image === 5) return 0;
    const own = pixels.subarray(image * bytes, (image + 1) * bytes);
    return parseInt(createHash("sha256").update(own).digest("hex").slice(0, 12), 16);
  });
  assert.deepEqual([...await imageDigests(pack, images)], expected);
  assert.equal(expected[2], expected[3]);
  assert.equal(new Set(expected).size, images.length - 1);
});

Deno.test("imageDigests() stops at the signal", async () => {
  await using folder = await TemporaryFolder.make();
  const { pack } = await writePack(folder.path);
  const controller = new AbortController();
  const reports: number[] = [];
  await assert.rejects(
    imageDigests(pack, Uint32Array.from({ length: 400 }, (_, image) => image), {
      signal: controller.signal,
      listener: {
        progress: ({ done }) => {
          reports.push(done);
          controller.abort(new Error("enough"));
        },
      },
    }),
    /enough/,
  );
  assert.equal(reports.length, 1);
});
