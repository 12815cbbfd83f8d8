import assert from "node:assert/strict";
import { agreement } from "../../../../src/explore/page/maps/map_words.ts";
import { between, movedShare, moveMs } from "../../../../src/explore/page/maps/movement.ts";

Deno.test("agreement() says how often neighbours on the map have the same value, and any two", () => {
  // Two groups of ten, far from each other, each of one value; one point of each is not known.
  const layout = Float32Array.from({ length: 40 }, (_, at) => (at >> 1) % 2 * 100 + (at >> 2));
  const codes = Array.from({ length: 20 }, (_, i) => i < 2 ? 2 : i % 2);
  const found = agreement(layout, { values: ["a", "b", ""], codes })!;
  assert.equal(found.near, 1);
  assert.ok(Math.abs(found.all - 2 * 9 * 8 / (18 * 17)) < 1e-12);
  assert.equal(agreement(layout, { values: [""], codes: new Array(20).fill(0) }), null);
});

Deno.test("between() and movedShare() lead from one layout to another", () => {
  const [from, to] = [Float32Array.of(0, 0), Float32Array.of(4, 8)];
  assert.deepEqual(between(from, to, 0.25), Float32Array.of(1, 2));
  assert.equal(between(from, to, 1), to);
  assert.deepEqual([0, moveMs / 2, moveMs, 2 * moveMs].map(movedShare), [0, 0.5, 1, 1]);
});
