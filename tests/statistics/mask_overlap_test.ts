import assert from "node:assert/strict";
import { activeDimensions, maskCosine, maskJaccard } from "../../src/statistics/mask_overlap.ts";

Deno.test("maskCosine() and maskJaccard() of masks made by hand", () => {
  const [a, b] = [[3, 4, 0, 0], [0, 2, 0, 0.5]];
  assert.deepEqual(activeDimensions(a), [0, 1]);
  assert.ok(Math.abs(maskCosine(a, b)! - 8 / (5 * Math.sqrt(4.25))) < 1e-15);
  assert.equal(maskJaccard(a, b), 1 / 3);
  assert.equal(maskCosine([1, 1, 0, 0], [0, 0, 1, 1]), 0);
  assert.equal(maskJaccard([1, 1, 0, 0], [0, 0, 1, 1]), 0);
  // The cosine sees how much a dimension counts, Jaccard only whether it does.
  assert.ok(maskCosine([1, 0.01], [0.01, 1])! < 0.03);
  assert.equal(maskJaccard([1, 0.01], [0.01, 1]), 1);
});

Deno.test("a mask overlaps itself wholly, and one without active dimensions with nothing that can be told", () => {
  const mask = Float32Array.of(0.1, 0.7, 0, 1.3);
  assert.equal(maskCosine(mask, mask), 1);
  assert.equal(maskJaccard(mask, mask), 1);
  assert.equal(maskCosine([0, 0], [1, 1]), null);
  assert.equal(maskJaccard([0, 0], [1, 1]), 0);
  assert.equal(maskJaccard([0, 0], [0, 0]), null);
});
