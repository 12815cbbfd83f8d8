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
