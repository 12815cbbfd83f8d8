import assert from "node:assert/strict";
import { type Likeness, likeness } from "../../../../src/sets/make/notions/likeness.ts";
import type { Attribute } from "../../../../src/sets/attribute.ts";

/** How the first image compares with each, both ways round. */
function ofFirst(attribute: Attribute): Likeness[] {
  const found = attribute.values.map((_, image) => likeness(attribute, 0, image));
  assert.deepEqual(attribute.values.map((_, image) => likeness(attribute, image, 0)), found);
  return found;
}

Deno.test("likeness() of a category is by equality, and unknown where one is not known", () => {
  const values = ["red", "red", "blue", ""];
  const expected = ["alike", "alike", "unlike", "not compared"];
  assert.deepEqual(ofFirst({ kind: "categorical", values }), expected);
  assert.equal(likeness({ kind: "categorical", values: ["", ""] }, 0, 1), "not compared");
});

Deno.test("likeness() of several values is by one in common, and unknown where one has none", () => {
  const values = [["a", "b"], ["b", "c"], ["c"], []];
  const expected = ["alike", "alike", "unlike", "not compared"];
  assert.deepEqual(ofFirst({ kind: "multi", values }), expected);
  assert.equal(likeness({ kind: "multi", values: [[], []] }, 0, 1), "not compared");
});

Deno.test("likeness() of numbers has both thresholds in it, as they are written", () => {
  const values = [0.4, 0.4, 0.7, 0.71, 0.99, 1, 1.1, NaN];
  assert.deepEqual(ofFirst({ kind: "ordinal", values, alike: 0.3, unlike: 0.6 }), [
    ...["alike", "alike", "alike", "not compared", "not compared", "unlike", "unlike"],
    "not compared",
  ]);
});
