import assert from "node:assert/strict";
import fc from "fast-check";
import { dimensionEnds } from "../../src/explore/dimension_ends.ts";
import { dimensionVariances } from "../../src/explore/dimension_variances.ts";

/** Embeddings [n, 3] with ties and images that have none. */
const embeddings = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(
        fc.integer({ min: -4, max: 4 }),
        fc.float({ noNaN: true, min: -9, max: 9 }),
        fc.constant(2),
      ),
    },
    { weight: 1, arbitrary: fc.constant([NaN, NaN, NaN] as const) },
  ),
  { maxLength: 30 },
).map((rows) => ({ vectors: Float32Array.from(rows.flat()), dimension: 3 }));

Deno.test("dimensionEnds() finds what sorting all values finds, ties by index", () => {
  fc.assert(
    fc.property(embeddings, fc.nat(2), fc.integer({ min: 1, max: 6 }), (given, d, count) => {
      const all = Array.from({ length: given.vectors.length / 3 }, (_, index) => ({
        index,
        value: given.vectors[3 * index + d],
      })).filter(({ value }) => !Number.isNaN(value));
      const found = dimensionEnds(given, d, { count, bins: 4 });
      const by = (sign: number) =>
        all.toSorted((a, b) => sign * (a.value - b.value) || a.index - b.index).slice(0, count)
          .map(({ index, value }) => ({ index, value: value + 0 }));
      const plain = (items: typeof found.low) =>
        items.map(({ index, value }) => ({ index, value: value + 0 }));
      assert.deepEqual(plain(found.low), by(1));
      assert.deepEqual(plain(found.high), by(-1));
      assert.equal(found.measured, all.length);
      assert.equal(found.histogram.reduce((sum, each) => sum + each, 0), all.length);
    }),
  );
});

Deno.test("dimensionEnds() counts values in equally wide steps", () => {
  const given = { vectors: Float32Array.from([0, 1, 2, 3, 4, 4, NaN]), dimension: 1 };
  assert.deepEqual(dimensionEnds(given, 0, { count: 1, bins: 4 }).histogram, [1, 1, 1, 3]);
  const equal = { vectors: Float32Array.from([7, 7]), dimension: 1 };
  assert.deepEqual(dimensionEnds(equal, 0, { count: 1, bins: 3 }).histogram, [0, 2, 0]);
});

Deno.test("dimensionVariances() is the mean squared distance from the mean, images without an embedding apart", () => {
  const given = {
    vectors: Float32Array.from([1e4, 1, NaN, NaN, 1e4 + 2, 1, 1e4 + 4, 1]),
    dimension: 2,
  };
  assert.deepEqual([...dimensionVariances(given)], [8 / 3, 0]);
  const none = { vectors: Float32Array.from([NaN, NaN]), dimension: 2 };
  assert.deepEqual([...dimensionVariances(none)], [0, 0]);
});
