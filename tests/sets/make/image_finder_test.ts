import assert from "node:assert/strict";
import { FolderImages } from "../../../src/sets/make/image_finder.ts";
import { TableCase } from "../../helpers/table_case.ts";

const images = ["a.png", "sub/b.JPG", "cafe\u0301.png", "sub/cafe\u0301 2.png", "back\\slash.png"];

/** Finds each name among the images. */
async function find(names: readonly string[]): Promise<(string | null)[]> {
  await using test = await TableCase.make(images);
  const finder = await FolderImages.open(test.images);
  return names.map((name) => {
    const found = finder.find(name);
    return found === null ? null : "file" in found ? found.file : found.fault;
  });
}

Deno.test("FolderImages.find() understands ./, backslashes and blanks around a path", async () => {
  const names = ["a.png", "./a.png", ".\\a.png", " a.png ", "sub\\b.JPG", ".\\sub\\b.JPG"];
  const [a, b] = images;
  assert.deepEqual(await find(names), [a, a, a, a, b, b]);
  assert.deepEqual(await find(["back\\slash.png", "b.JPG", "A.png"]), [images[4], null, null]);
});

Deno.test("FolderImages.find() finds files by id, with backslashes too", async () => {
  assert.deepEqual(await find(["a", "b", "sub/b", "sub\\b", "./a", "c"]), [
    "a.png",
    ...new Array(3).fill("sub/b.JPG"),
    "a.png",
    null,
  ]);
});

Deno.test("FolderImages.find() compares names in both of Unicode's forms", async () => {
  const names = ["caf\u00e9.png", "cafe\u0301.png", "sub/caf\u00e9 2.png", "caf\u00e9"];
  assert.deepEqual(await find(names), [images[2], images[2], images[3], images[2]]);
});

Deno.test("FolderImages.find() says why a name leads to no image of the folder", async () => {
  const [outside, backslashes] = await find(["../a.png", "..\\a.png"]);
  assert.match(outside!, /"\.\.\/a\.png" leaves the image folder/);
  assert.match(backslashes!, /leaves the image folder/);
  const both = new FolderImages("/nowhere", ["a/1.png", "b/1.png", "\u00e9.png", "e\u0301.png"]);
  assert.match(JSON.stringify(both.find("1")), /"fault":".*fits a\/1\.png and b\/1\.png/);
  // Both forms are there: each is the file that is spelled so.
  assert.deepEqual(both.find("e\u0301.png"), { file: "e\u0301.png" });
});

Deno.test("FolderImages.find() takes an id for the file that csn has always read", () => {
  const files = ["1.bmp", "1.png", "2.ppm", "3.bmp", "3.ppm"];
  const found = ["1", "2", "3"].map((id) => new FolderImages("/nowhere", files).find(id));
  assert.deepEqual(found.slice(0, 2), [{ file: "1.png" }, { file: "2.ppm" }]);
  assert.match(JSON.stringify(found[2]), /fits 3\.bmp and 3\.ppm/);
});

Deno.test("FolderImages.find() finds files whose names begin or end with a blank, which tables lose", () => {
  const finder = new FolderImages("/nowhere", [" 1.png", "2 .png", "3.png", " 3.png", "a/ 4.png"]);
  const file = (name: string) => ({ file: name });
  assert.deepEqual(finder.find("1.png"), file(" 1.png"));
  assert.deepEqual(["1", "2"].map((id) => finder.find(id)), [file(" 1.png"), file("2 .png")]);
  assert.deepEqual(finder.find("3.png"), file("3.png"));
  assert.equal(finder.find("4.png"), null);
});

Deno.test("FolderImages.find() says what is wrong with a path of another machine, and with a line end", () => {
  const finder = new FolderImages("/photos", ["kind/1.png"]);
  assert.match(
    JSON.stringify(finder.find("/content/data/1.png")),
    /does not lie in the image folder \/photos; .* `images`, .* such as kind\/1\.png"/,
  );
  assert.match(JSON.stringify(finder.find("a\nb.png")), /holds a line end .* rename the file/);
});
