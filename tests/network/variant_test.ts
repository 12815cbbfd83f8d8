import assert from "node:assert/strict";
import { isVariant, learnsMasks, variants } from "../../src/network/variant.ts";

Deno.test("isVariant() knows the variants and nothing else", () => {
  assert.ok(variants.every(isVariant));
  assert.deepEqual(["none", "learned-prein", "Learned", 1, null].filter(isVariant), []);
});

Deno.test("learnsMasks() holds for the learned masks and those that begin disjoint", () => {
  assert.deepEqual(variants.filter(learnsMasks), ["learned", "prein"]);
});
