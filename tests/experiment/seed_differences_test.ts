import assert from "node:assert/strict";
import { isShown } from "../../src/experiment/seed_differences.ts";

Deno.test("isShown() is true where the interval over seeds leaves 0 out, and unknown without one", () => {
  const of = (low: number, high: number) =>
    isShown({ overSeeds: { error: { value: (low + high) / 2, low, high }, notions: [] } });
  assert.deepEqual([of(0.1, 0.3), of(-0.3, -0.1)], [true, true]);
  assert.deepEqual([of(-0.1, 0.1), of(0, 0.1), of(-0.1, 0), of(0, 0)], [
    false,
    false,
    false,
    false,
  ]);
  assert.equal(isShown({ overSeeds: null }), null);
});
