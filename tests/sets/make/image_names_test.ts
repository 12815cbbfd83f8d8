import assert from "node:assert/strict";
import { ImageNames } from "../../../src/sets/make/image_names.ts";

const cases: readonly [path: string, file: string][] = [
  ["a/b.png", "a/b.png"],
  ["a\\b.png", "a/b.png"],
  ["./a//b.png", "a/b.png"],
  ["../b.png", "b.png"],
  ["a/../../b.png", "b.png"],
  ["/etc/b.png", "b.png"],
  ["C:\\photos\\b.png", "b.png"],
  ["https://host/b.png", "b.png"],
  [".hidden.png", "_hidden.png"],
  ["a\nb\0.png", "a_b_.png"],
  ["a", "a.jpg"],
  ["..", "7.jpg"],
  ["", "7.jpg"],
  ["x".repeat(300), "7.jpg"],
];

for (const [path, file] of cases) {
  Deno.test(`ImageNames.next() calls ${JSON.stringify(path).slice(0, 40)} ${file}`, () => {
    assert.equal(new ImageNames().next(path, 7, ".jpg"), file);
  });
}

Deno.test("ImageNames.next() gives no name twice, nor a file that of a folder", () => {
  const names = new ImageNames();
  const given = ["a.png", "A.png", "a.png", "a.png/b.png", "c.png/d.png", "c.png", "a-3.png"]
    .map((path, at) => names.next(path, at + 1, ".png"));
  assert.deepEqual(given, [
    "a.png",
    "A-2.png",
    "a-3.png",
    "a.png_b-4.png",
    "c.png/d.png",
    "c-6.png",
    "a-3-7.png",
  ]);
  assert.equal(names.toldApart, 5);
});
