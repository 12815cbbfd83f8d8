import assert from "node:assert/strict";
import { shrinkSquare } from "../../src/images/shrink_square.ts";

/** Means over what each pixel covers, in whole or in part, pixel by pixel. */
function plainShrink(pixels: Uint8Array, size: number, side: number): number[] {
  const width = size / side;
  const covered = (at: number, by: number) =>
    Math.max(0, Math.min(at + 1, (by + 1) * width) - Math.max(at, by * width));
  const result: number[] = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let row = 0; row < size; row++) {
          for (let column = 0; column < size; column++) {
            const share = covered(row, y) * covered(column, x) / width ** 2;
            sum += share * pixels[3 * (row * size + column) + channel];
          }
        }
        result.push(sum);
      }
    }
  }
  return result;
}

Deno.test("shrinkSquare() gives the means over what each pixel covers", () => {
  for (const [size, side] of [[6, 2], [7, 3], [5, 5], [9, 1], [112, 48]]) {
    const pixels = Uint8Array.from(
      { length: 3 * size * size },
      (_, at) => (at * 37 + at ** 2) % 256,
    );
    const found = shrinkSquare(pixels, size, side);
    plainShrink(pixels, size, side).forEach((mean, at) => {
      assert.ok(
        Math.abs(found[at] - mean) <= 0.51,
        `${size} to ${side}, ${at}: ${found[at]}, ${mean}`,
      );
    });
  }
});

Deno.test("shrinkSquare() leaves an image of its own size as it is, white stays white", () => {
  const pixels = Uint8Array.from({ length: 3 * 16 }, (_, at) => at * 5);
  assert.deepEqual(shrinkSquare(pixels, 4, 4), pixels);
  const white = new Uint8Array(3 * 11 * 11).fill(255);
  assert.ok(shrinkSquare(white, 11, 4).every((value) => value === 255));
});
