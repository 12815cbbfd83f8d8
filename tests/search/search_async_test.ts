import assert from "node:assert/strict";
import type { Criterion } from "../../src/search/mixture.ts";
import { search, type SearchOptions } from "../../src/search/search.ts";
import { fewestScanned, searchAsync } from "../../src/search/search_async.ts";

const dimension = 12;

/** Rows, of which some hold NaN, some are equal. */
function rows(count: number) {
  const vectors = Float32Array.from(
    { length: count * dimension },
    (_, i) => ((i * 7919 + (i >> 3) * 104729) % 1009) / 100 - 5,
  );
  vectors.fill(NaN, 5 * dimension, 7 * dimension);
  vectors[40 * dimension + 3] = Infinity;
  vectors.copyWithin(20 * dimension, 10 * dimension, 14 * dimension);
  return { names: Array.from({ length: count }, (_, i) => `image ${i}`), vectors, dimension };
}

const masks = new Map([
  ["heel", Float32Array.from({ length: dimension }, (_, d) => d < 4 ? 0.5 + d : 0)],
  ["colour", Float32Array.from({ length: dimension }, (_, d) => d % 3 === 0 ? 0 : d / 7)],
]);

const criteria: readonly Criterion[] = [
  { notion: "heel" },
  { mix: { heel: 0.7, colour: 0.3 } },
  { like: { heel: 1 }, unlike: { colour: 0.4 } },
];

Deno.test("searchAsync() gives what search() gives, of many rows and of few", async () => {
  for (const count of [60, fewestScanned, 4 * fewestScanned]) {
    const among = rows(count);
    const one = among.vectors.slice(10 * dimension, 11 * dimension);
    const two = { ...rows(2), names: ["a", "b"] };
    const options: readonly SearchOptions[] = [
      {},
      { k: 3, raw: true },
      { k: count, where: (row) => row % 3 === 1 },
      { where: () => false },
    ];
    for (const criterion of criteria) {
      for (const given of options) {
        const asked = { ...given, ...criterion, masks };
        assert.deepEqual(await searchAsync(one, among, asked), search(one, among, asked));
        for (const combine of ["mean", "all"] as const) {
          const several = { ...asked, combine };
          assert.deepEqual(await searchAsync(two, among, several), search(two, among, several));
        }
      }
    }
  }
});

Deno.test("searchAsync() refuses what search() refuses", async () => {
  const among = rows(2 * fewestScanned);
  const one = among.vectors.slice(0, dimension);
  await assert.rejects(
    searchAsync(one, among, { notion: "hue", masks }),
    { message: /hue/ },
  );
  await assert.rejects(searchAsync(one, among, { notion: "heel", masks, k: 0 }), /`k` is 0/);
});
