import assert from "node:assert/strict";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";

const set = new EmbeddingSet({
  names: ["a", "b", "c"],
  vectors: Float32Array.of(0, 0, 3, 4, 1, 9),
  dimension: 2,
});

Deno.test("EmbeddingSet.distances() measures between masked embeddings", () => {
  const distances = set.distances(Float32Array.of(0, 0), Float32Array.of(1, 1));
  [0, 5, Math.sqrt(82)].forEach((each, i) => assert.ok(Math.abs(distances[i] - each) < 1e-5));
  const first = set.distances(Float32Array.of(0, 0), Float32Array.of(1, 0));
  [0, 3, 1].forEach((each, i) => assert.ok(Math.abs(first[i] - each) < 1e-5));
});

Deno.test("EmbeddingSet.nearest() orders by the notion's distance", () => {
  const names = (mask: number[]) =>
    set.nearest(Float32Array.of(0, 0), Float32Array.from(mask), { k: 3 }).map(({ name }) => name);
  assert.deepEqual(names([1, 1]), ["a", "b", "c"]);
  assert.deepEqual(names([1, 0]), ["a", "c", "b"]);
  assert.equal(set.nearest(Float32Array.of(0, 0), Float32Array.of(1, 1), { k: 2 }).length, 2);
});

Deno.test("EmbeddingSet refuses what does not fit together", () => {
  assert.throws(
    () => new EmbeddingSet({ names: ["a"], vectors: new Float32Array(3), dimension: 2 }),
    /1 embeddings of 2 dimensions: found 3 numbers/,
  );
  assert.throws(
    () => set.distances(new Float32Array(3), new Float32Array(2)),
    /query has 3 dimensions, the mask 2, the set 2/,
  );
  assert.throws(() => set.at(3), /the set has 3/);
});

Deno.test("EmbeddingSet.nearest() orders ties by position, and gives ten unless `k` says otherwise", () => {
  const names = Array.from({ length: 12 }, (_, i) => `${i}`);
  // By the first dimension, all but the last are equally far.
  const vectors = Float32Array.from(names.flatMap((_, i) => [i === 11 ? 0 : 1, i]));
  const ties = new EmbeddingSet({ names, vectors, dimension: 2 });
  const found = ties.nearest(Float32Array.of(0, 0), Float32Array.of(1, 0));
  assert.deepEqual(found.map(({ index }) => index), [11, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(found.map(({ name }) => name), found.map(({ index }) => `${index}`));
});

Deno.test("EmbeddingSet.nearest() refuses a `k` that is no whole number from 1 on", () => {
  for (const k of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(
      () => set.nearest(Float32Array.of(0, 0), Float32Array.of(1, 1), { k }),
      new RegExp(`\\\`k\\\` is ${k}; it must be a whole number`),
    );
  }
});

Deno.test("EmbeddingSet.distances() measures as training does, which adds 1e-6 to each difference", () => {
  const own = set.distances(set.at(1), Float32Array.of(1, 1))[1];
  assert.ok(Math.abs(own - 1e-6 * Math.SQRT2) < 1e-12, `${own}`);
});

Deno.test("EmbeddingSet.distances() refuses a mask of another length", () => {
  assert.throws(
    () => set.distances(new Float32Array(2), new Float32Array(3)),
    /query has 2 dimensions, the mask 3, the set 2/,
  );
});
