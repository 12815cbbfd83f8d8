import assert from "node:assert/strict";
import fc from "fast-check";
import {
  binOf,
  binsOf,
  plainBorders,
  quantileBorders,
} from "../../../../src/sets/make/notions/bins.ts";

Deno.test("quantileBorders() gives as many bins as the numbers allow, and the plain ones without ties", () => {
  const numbers = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 2, max: 8 }), (numbers, count) => {
      const borders = quantileBorders(numbers, count);
      const bins = binsOf(numbers, borders);
      assert.equal(bins.length, Math.min(count, new Set(numbers).size));
      assert.equal(borders.length, bins.length - 1);
      assert.equal(bins.reduce((sum, { images }) => sum + images, 0), numbers.length);
      for (const number of numbers) {
        const { from, to } = bins[binOf(number, borders)];
        assert.ok(from <= number && number <= to);
      }
      const plain = plainBorders(numbers, count);
      if (new Set([Math.min(...numbers), ...plain]).size === count) {
        assert.deepEqual(borders, plain);
      }
    }),
    { seed: 1, numRuns: 1000 },
  );
});

Deno.test("quantileBorders() gives every bin as many numbers where there are no ties", () => {
  const numbers = Array.from({ length: 12 }, (_, i) => i + 1);
  assert.deepEqual(quantileBorders(numbers, 2), [7]);
  assert.deepEqual(quantileBorders(numbers, 3), [5, 9]);
  assert.deepEqual(quantileBorders(numbers, 4), [4, 7, 10]);
});

Deno.test("quantileBorders() shares out what is left where many numbers are equal", () => {
  const sizes = (numbers: readonly number[], count: number) =>
    binsOf(numbers, quantileBorders(numbers, count)).map(({ images }) => images);
  assert.deepEqual(sizes([1, 1, 1, 1, 1, 1, 2, 3, 4, 5], 3), [6, 2, 2]);
  assert.deepEqual(sizes([1, 2, 3, 4, 5, 5, 5, 5, 5, 5], 3), [3, 1, 6]);
});
