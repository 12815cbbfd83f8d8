import assert from "node:assert/strict";
import fc from "fast-check";
import { thinned } from "../../src/explore/thinned.ts";

Deno.test("thinned() keeps all where they are few, else every so many, from the first on", () => {
  assert.deepEqual(thinned([1, 2, 3], 10, 30), { items: [1, 2, 3], step: 1 });
  assert.deepEqual(thinned([1, 2, 3, 4, 5], 10, 20), { items: [1, 4], step: 3 });
  assert.deepEqual(thinned([], 10, 20), { items: [], step: 1 });
});

Deno.test("thinned() holds no more numbers than it may, and only adds while its step is the same", () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(50), fc.integer({ min: 1, max: 40 }), (count, more, size) => {
      const all = Array.from({ length: count + more }, (_, i) => i);
      const [before, after] = [all.slice(0, count), all].map((each) => thinned(each, size, 2000));
      assert.ok(after.items.length * size <= 2000 || after.items.length === 1);
      if (before.step === after.step) {
        assert.deepEqual(after.items.slice(0, before.items.length), before.items);
      }
    }),
  );
});
