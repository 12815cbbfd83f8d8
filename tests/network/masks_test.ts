import assert from "node:assert/strict";
import { areLearned, maskModeOf, variantOf } from "../../src/network/masks.ts";
import { variants } from "../../src/network/variant.ts";

Deno.test("maskModeOf() and variantOf() are each other's inverse", () => {
  assert.deepEqual(variants.map((variant) => variantOf(maskModeOf(variant))), [...variants]);
  assert.equal(new Set(variants.map(maskModeOf)).size, variants.length);
});

Deno.test("areLearned() holds for the learned masks and those that begin disjoint", () => {
  assert.deepEqual(variants.filter((variant) => areLearned(maskModeOf(variant))), [
    "learned",
    "prein",
  ]);
});
