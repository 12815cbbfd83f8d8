import assert from "node:assert/strict";
import { bitsIn, differenceHash, hashDistance } from "../../../src/sets/audit/difference_hash.ts";
import { nearBits, nearPairs } from "../../../src/sets/audit/near_duplicates.ts";
import { randomBelow, randomUint32 } from "../../../src/base/random.ts";

/** A picture [size, size, 3] that is bright by a formula of place. */
function picture(size: number, brightness: (x: number, y: number) => number): Uint8Array {
  return Uint8Array.from(
    { length: size * size * 3 },
    (_, at) => {
      const pixel = Math.floor(at / 3);
      return brightness((pixel % size + 0.5) / size, (Math.floor(pixel / size) + 0.5) / size);
    },
  );
}

Deno.test("differenceHash() sets the bits whose cell is brighter than the one to its right", () => {
  assert.deepEqual(differenceHash(picture(32, (x) => 255 - 200 * x), 32), [0xffffffff, 0xffffffff]);
  assert.deepEqual(differenceHash(picture(32, (x) => 50 + 200 * x), 32), [0, 0]);
  assert.deepEqual(differenceHash(picture(32, () => 128), 32), [0, 0]);
  // Bright in the left third of the upper half: the edge lies in the third column of rows 0 to 3.
  const [high, low] = differenceHash(picture(36, (x, y) => x < 1 / 3 && y < 0.5 ? 200 : 10), 36);
  assert.deepEqual([high, low], [0x04040404, 0]);
});

Deno.test("differenceHash() hardly changes with size and noise, and much with the picture", () => {
  const wave = (x: number, y: number) => 128 + 100 * Math.sin(9 * x + 5 * y) * Math.cos(7 * y);
  const other = (x: number, y: number) => 128 + 100 * Math.cos(11 * x - 3 * y);
  const hash = differenceHash(picture(64, wave), 64);
  assert.ok(hashDistance(hash, differenceHash(picture(48, wave), 48)) <= 2);
  const noisy = picture(64, wave).map((value, at) => value + randomBelow(1, 0, at, 7) - 3);
  assert.ok(hashDistance(hash, differenceHash(noisy, 64)) <= 2);
  assert.ok(hashDistance(hash, differenceHash(picture(64, other), 64)) > 15);
});

Deno.test("bitsIn() counts set bits", () => {
  for (let i = 0; i < 200; i++) {
    const word = randomUint32(1, 2, i);
    assert.equal(bitsIn(word | 0), word.toString(2).replaceAll("0", "").length);
  }
});

Deno.test("nearPairs() finds the images that comparing all with all finds", () => {
  // Few bits vary, so many hashes are near one another.
  const count = 300;
  const hashes = Uint32Array.from(
    { length: 2 * count },
    (_, at) => (randomUint32(3, 0, at) & randomUint32(3, 1, at) & 0x10804021) >>> 0,
  );
  const split = Array.from({ length: count }, (_, image) => randomBelow(3, 2, image, 3));
  const areApart = (a: number, b: number) => split[a] !== split[b];
  const images = [...split.keys()].filter((image) => image % 10 !== 0);
  const hash = (image: number): [number, number] => [hashes[2 * image], hashes[2 * image + 1]];
  const isNear = (a: number, b: number) =>
    areApart(a, b) && hashDistance(hash(a), hash(b)) <= nearBits &&
    hash(a).some((word) => word !== 0) && hash(b).some((word) => word !== 0);
  const expected = images.filter((a) => images.some((b) => isNear(a, b)));
  const pairs = nearPairs(images, hashes, areApart);
  assert.deepEqual(pairs.map(({ image }) => image), expected);
  for (const { image, other } of pairs) assert.ok(isNear(image, other));
  assert.ok(expected.length > 20 && expected.length < images.length);
});
