import assert from "node:assert/strict";
import { splitGroups, splitImages } from "../../src/sets/split_images.ts";

Deno.test("splitImages() deals every image to one split, 70/10/20", () => {
  const { train, val, test } = splitImages(1000, 1);
  assert.deepEqual([train.length, val.length, test.length], [700, 100, 200]);
  const all = [...train, ...val, ...test].sort((a, b) => a - b);
  assert.deepEqual(all, Array.from({ length: 1000 }, (_, image) => image));
  for (const images of [train, val, test]) assert.deepEqual(images, images.toSorted());
});

Deno.test("splitImages() depends on the seed alone", () => {
  assert.deepEqual(splitImages(50, 3), splitImages(50, 3));
  assert.notDeepEqual(splitImages(50, 3).test, splitImages(50, 4).test);
});

Deno.test("splitImages() takes shares in any unit", () => {
  const { train, val, test } = splitImages(1000, 1, { train: 0.8, val: 0.15, test: 0.05 });
  assert.deepEqual([train.length, val.length, test.length], [800, 150, 50]);
});

Deno.test("splitGroups() parts no group, and comes near the shares though groups differ in size", () => {
  // 60 groups of 1 to 20 images.
  const groups = Array.from({ length: 60 }, (_, group) => Array(1 + group % 20).fill(`g${group}`))
    .flat();
  const parts = splitGroups(groups, 1);
  const splitOf = new Map<string, Set<string>>();
  for (const [split, images] of Object.entries(parts)) {
    for (const image of images) {
      splitOf.set(groups[image], (splitOf.get(groups[image]) ?? new Set()).add(split));
    }
    assert.deepEqual([...images], [...images].sort((a, b) => a - b));
  }
  assert.equal(splitOf.size, 60);
  for (const found of splitOf.values()) assert.equal(found.size, 1);
  const counts = [parts.train.length, parts.val.length, parts.test.length];
  assert.equal(counts[0] + counts[1] + counts[2], groups.length);
  // No further off than the largest group.
  [0.7, 0.1, 0.2].forEach((share, i) =>
    assert.ok(Math.abs(counts[i] - share * groups.length) <= 20, counts.join())
  );
});

Deno.test("splitGroups() depends on seed and names, not on the order of images", () => {
  const groups = Array.from({ length: 100 }, (_, image) => `g${image % 25}`);
  const names = (parts: ReturnType<typeof splitGroups>, of: string[]) =>
    [...new Set(Array.from(parts.test, (image) => of[image]))].sort();
  const back = groups.toReversed();
  assert.deepEqual(names(splitGroups(groups, 1), groups), names(splitGroups(back, 1), back));
  assert.notDeepEqual(names(splitGroups(groups, 1), groups), names(splitGroups(groups, 2), groups));
});
