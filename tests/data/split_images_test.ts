import assert from "node:assert/strict";
import { splitImages } from "../../src/data/split_images.ts";

Deno.test("splitImages() deals every image to one split, 70/10/20", () => {
  const { train, val, test } = splitImages(1000, 1);
  assert.deepEqual([train.length, val.length, test.length], [700, 100, 200]);
  const all = [...train, ...val, ...test].sort((a, b) => a - b);
  assert.deepEqual(all, Array.from({ length: 1000 }, (_, image) => image));
  assert.deepEqual([...val], [...val].sort((a, b) => a - b));
});

Deno.test("splitImages() depends on the seed alone", () => {
  assert.deepEqual(splitImages(50, 3), splitImages(50, 3));
  assert.notDeepEqual(splitImages(50, 3).test, splitImages(50, 4).test);
});
