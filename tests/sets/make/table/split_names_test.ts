import assert from "node:assert/strict";
import { splitNames } from "../../../../src/sets/make/table/split_names.ts";

Deno.test("splitNames() knows no names but those of splits", () => {
  const { splits, unknown } = splitNames(["train", "constructor", "toString", "Test"]);
  assert.deepEqual([...splits], [["train", "train"], ["Test", "test"]]);
  assert.deepEqual(unknown, ["constructor", "toString"]);
  assert.deepEqual(splitNames(["constructor"]).unknown, ["constructor"]);
});
