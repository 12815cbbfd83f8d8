import assert from "node:assert/strict";
import { decodeImage } from "../../src/data/decode_image.ts";
import { CsnError } from "../../src/errors.ts";
import { join } from "../../src/paths.ts";
import { fixtures } from "../helpers/temporary_set.ts";

/** Side of the stored pixels (make_images.py). */
const size = 24;

/** Mean and largest difference between what a fixture decodes to and Pillow's pixels. */
async function difference(name: string): Promise<{ mean: number; largest: number }> {
  const decoded = await decodeImage(join(fixtures, name), size);
  const expected = await Deno.readFile(join(fixtures, `${name}.${size}.rgb`));
  assert.equal(decoded.length, size * size * 3);
  const differences = Array.from(decoded, (value, i) => Math.abs(value - expected[i]));
  const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
  return { mean, largest: Math.max(...differences) };
}

for (
  const [kind, name] of [
    ["an image that is enlarged", "enlarged.png"],
    ["an image that is shrunk", "shrunk.png"],
    ["a tall image", "tall.png"],
    ["an odd rest beside the crop", "odd.png"],
    ["an image of the right size", "same.png"],
    ["a grey image", "grey.png"],
    ["a palette", "palette.png"],
    ["16 bits a channel", "deep.png"],
    ["16 bits of grey", "deep_grey.png"],
  ]
) {
  Deno.test(`decodeImage() gives Pillow's pixels exactly: ${kind}`, async () => {
    assert.deepEqual(await difference(name), { mean: 0, largest: 0 });
  });
}

// Decoders of JPEG may round differently; here another image would differ by far more.
for (const name of ["photo.jpg", "grey.jpg"]) {
  Deno.test(`decodeImage() gives Pillow's pixels but for rounding: ${name}`, async () => {
    const { mean, largest } = await difference(name);
    assert.ok(mean <= 0.5 && largest <= 3, `mean ${mean}, largest ${largest}`);
  });
}

for (let orientation = 1; orientation <= 8; orientation++) {
  Deno.test(`decodeImage() turns an image of EXIF orientation ${orientation} upright`, async () => {
    const { mean, largest } = await difference(`exif_${orientation}.jpg`);
    assert.ok(mean <= 0.5 && largest <= 3, `mean ${mean}, largest ${largest}`);
  });
}

Deno.test("decodeImage() lays alpha on white", async () => {
  // Pillow rounds when it composites, libvips cuts off.
  const { mean, largest } = await difference("alpha.png");
  assert.ok(mean <= 0.6 && largest <= 1, `mean ${mean}, largest ${largest}`);
});

Deno.test("decodeImage() turns CMYK inks into their colours", async () => {
  const pixels = await decodeImage(join(fixtures, "inks.jpg"), 32);
  const at = (x: number, y: number) =>
    Array.from(pixels.subarray(3 * (32 * y + x), 3 * (32 * y + x) + 3));
  const high = (value: number) => value > 120;
  assert.deepEqual(at(6, 6).map(high), [false, true, true], "cyan");
  assert.deepEqual(at(25, 6).map(high), [true, false, true], "magenta");
  assert.deepEqual(at(6, 25).map(high), [true, true, false], "yellow");
  assert.deepEqual(at(25, 25).map(high), [false, false, false], "black");
});

Deno.test("decodeImage() takes bytes as it takes files", async () => {
  const file = join(fixtures, "photo.jpg");
  assert.deepEqual(await decodeImage(await Deno.readFile(file), 40), await decodeImage(file, 40));
});

Deno.test("decodeImage() says what is wrong with a file", async () => {
  const wrong: [string, RegExp][] = [
    ["cut_off.jpg", /cut_off\.jpg: .*premature end/],
    ["no_image.png", /no_image\.png: .*unsupported image format/],
    ["nowhere.png", /nowhere\.png: there is no such file$/],
  ];
  for (const [name, message] of wrong) {
    await assert.rejects(decodeImage(join(fixtures, name), 8), (error) => {
      assert.ok(error instanceof CsnError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
  await assert.rejects(decodeImage(new Uint8Array(0), 8), /Cannot decode an image of 0 bytes: /);
});
