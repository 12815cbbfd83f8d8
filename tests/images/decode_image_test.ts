import assert from "node:assert/strict";
import { decodeImage } from "../../src/images/decode_image.ts";
import type { Fit } from "../../src/images/fit.ts";
import { CsnError } from "../../src/base/errors.ts";
import { join } from "../../src/files/paths.ts";
import { fixtures, temporaryFolder } from "../helpers/temporary_set.ts";

/** Side of the stored pixels (make_images.py). */
const size = 24;

/** Mean and largest difference between what a fixture decodes to and Pillow's pixels. */
async function difference(
  name: string,
  fit?: Fit,
): Promise<{ mean: number; largest: number }> {
  const decoded = await decodeImage(join(fixtures, name), size, { fit });
  const kind = fit === undefined ? "rgb" : "pad.rgb";
  const expected = await Deno.readFile(join(fixtures, `${name}.${size}.${kind}`));
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
    ["a bitmap of 24 bits", "24.bmp"],
    ["a bitmap with a palette of 8 bits", "8.bmp"],
    ["a bitmap with a palette of 4 bits", "4.bmp"],
    ["a bitmap with a palette of 1 bit", "1.bmp"],
    ["a bitmap of 16 bits", "16.bmp"],
    ["a bitmap of 16 bits with masks", "565.bmp"],
    ["a bitmap of 32 bits, of which a part is no alpha", "32.bmp"],
    ["a bitmap of runs of 8 bits", "rle8.bmp"],
    ["a bitmap of runs of 4 bits", "rle4.bmp"],
    ["a PBM that is written out", "plain.pbm"],
    ["a PGM that is written out", "plain.pgm"],
    ["a PPM that is written out", "plain.ppm"],
    ["a PBM", "raw.pbm"],
    ["a PGM", "raw.pgm"],
    ["a PPM", "raw.ppm"],
    ["a PPM of 16 bits", "deep.ppm"],
    ["a PPM whose largest value is 199", "odd.ppm"],
    ["a PGM of 16 bits", "deep.pgm"],
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

for (const name of ["alpha.png", "alpha.bmp"]) {
  Deno.test(`decodeImage() lays alpha on white: ${name}`, async () => {
    // Pillow rounds when it composites, libvips cuts off.
    const { mean, largest } = await difference(name);
    assert.ok(mean <= 0.6 && largest <= 1, `mean ${mean}, largest ${largest}`);
  });
}

for (const name of ["enlarged.png", "shrunk.png", "tall.png", "odd.png", "same.png"]) {
  Deno.test(`decodeImage() pads as Pillow's ImageOps.pad does: ${name}`, async () => {
    // PADDING of make_images.py.
    assert.deepEqual(await difference(name, "pad:#0a141e"), { mean: 0, largest: 0 });
  });
}

Deno.test("decodeImage() keeps a pixel of an image that is very long", async () => {
  const line = new TextEncoder().encode("P6 1000 1 255\n");
  const bytes = new Uint8Array(line.length + 3000);
  bytes.set(line);
  const pixels = await decodeImage(bytes, 8, { fit: "pad:#ffffff" });
  const rows = Array.from({ length: 8 }, (_, row) => pixels[3 * 8 * row]);
  assert.deepEqual(rows, [255, 255, 255, 255, 0, 255, 255, 255]);
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
    ["cut_off.bmp", /cut_off\.bmp: premature end of the bitmap: 100 of \d+ bytes/],
    ["cut_off.ppm", /cut_off\.ppm: premature end of the picture/],
    ["no_image.png", /no_image\.png: .*unsupported image format/],
    ["nowhere.png", /nowhere\.png: there is no such file$/],
  ];
  await using folder = await temporaryFolder();
  for (const [from, to] of [["24.bmp", "cut_off.bmp"], ["raw.ppm", "cut_off.ppm"]]) {
    const bytes = await Deno.readFile(join(fixtures, from));
    await Deno.writeFile(join(folder.path, to), bytes.subarray(0, 100));
  }
  for (const [name, message] of wrong) {
    const at = /cut_off\.(bmp|ppm)/.test(name) ? folder.path : fixtures;
    await assert.rejects(decodeImage(join(at, name), 8), (error) => {
      assert.ok(error instanceof CsnError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
  await assert.rejects(decodeImage(new Uint8Array(0), 8), /Cannot decode an image of 0 bytes: /);
});

Deno.test("decodeImage() says so where it is given a folder", async () => {
  await assert.rejects(decodeImage(Deno.cwd(), 8), /: it is a folder; name an image in it$/);
});
