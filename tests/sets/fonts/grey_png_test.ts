import assert from "node:assert/strict";
import sharp from "sharp";
import { greyPng } from "../../../src/sets/fonts/grey_png.ts";

Deno.test("greyPng() writes what another program reads back", async () => {
  const size = 17;
  const pixels = Uint8Array.from({ length: size * size }, (_, place) => (place * 37) & 255);
  const png = greyPng(pixels, size);
  const { width, height, channels, depth } = await sharp(png).metadata();
  assert.deepEqual({ width, height, channels, depth }, {
    width: size,
    height: size,
    channels: 1,
    depth: "uchar",
  });
  const { data } = await sharp(png).toColourspace("b-w").raw().toBuffer({
    resolveWithObject: true,
  });
  assert.deepEqual(new Uint8Array(data), pixels);
});

Deno.test("greyPng() gives the same bytes for the same picture", () => {
  const pixels = new Uint8Array(16 * 16).fill(255);
  assert.deepEqual(greyPng(pixels, 16), greyPng(pixels.slice(), 16));
});
