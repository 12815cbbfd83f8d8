import assert from "node:assert/strict";
import { notionScales } from "../../src/search/balance.ts";
import type { Criterion } from "../../src/search/mixture.ts";
import type { ExplainedNeighbour, ScoredNeighbour } from "../../src/search/neighbour.ts";
import { type Query, search, type SearchOptions } from "../../src/search/search.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";
import { masks, randomEmbeddings } from "../helpers/random_embeddings.ts";

const among = randomEmbeddings(200, 8);
const [query] = [among.vectors.slice(7 * 8, 8 * 8)];

function find(asked: Criterion, options: SearchOptions = {}, from: Query = query) {
  return search(from, among, { ...asked, ...options, masks });
}

const distances = (hits: readonly (ExplainedNeighbour | ScoredNeighbour)[]) =>
  hits.map((hit) => "score" in hit ? hit.score : hit.distance);

/** Sum over dimensions of the weight times the squared difference, by a loop. */
function weighted(from: Float32Array, row: number, weights: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (let d = 0; d < 8; d++) {
    let weight = 0;
    for (const [notion, each] of weights) weight += each * masks.get(notion)![d] ** 2;
    sum += weight * (from[d] - among.vectors[row * 8 + d]) ** 2;
  }
  return sum;
}

/** Rows by a value, the lowest first. */
function order(value: (row: number) => number): number[] {
  const values = among.names.map((_, row) => value(row));
  return values.map((_, row) => row).sort((a, b) => values[a] - values[b]);
}

Deno.test("search() by one notion gives the distances and the order that EmbeddingSet.nearest() gives, to the bit", () => {
  const set = new EmbeddingSet(among);
  for (const [notion, mask] of masks) {
    const { hits } = find({ notion }, { k: 200 });
    const plain = hits.map((hit) => {
      assert.ok("distance" in hit);
      return { name: hit.name, index: hit.index, distance: hit.distance };
    });
    assert.deepEqual(plain, set.nearest(query, mask, { k: 200 }));
    for (const hit of hits) assert.deepEqual(hit.shares, { [notion]: 1 });
  }
});

Deno.test("search() by a mixture ranks by the weighted squares of the masks", () => {
  const weights = new Map([["heel", 0.7], ["shape, in all", 0.003]]);
  const { hits } = find({ mix: Object.fromEntries(weights) }, { k: 200, raw: true });
  assert.deepEqual(hits.map(({ index }) => index), order((row) => weighted(query, row, weights)));
  hits.forEach((hit, i) => {
    const expected = Math.sqrt(weighted(query, hit.index, weights));
    assert.ok(Math.abs(distances(hits)[i] - expected) < 1e-4, `${i}`);
  });
});

Deno.test("search() explains each hit: parts add up to the squared distance exactly, shares to 1", () => {
  const { hits } = find({ mix: { heel: 1, colour: 2, "shape, in all": 0.5 } }, { k: 200 });
  assert.equal(hits.length, 200);
  hits.forEach((hit, i) => {
    const parts = ["heel", "colour", "shape, in all"].map((notion) => hit.parts[notion]);
    const sum = parts.reduce((sum, part) => sum + part, 0);
    assert.equal(Math.sqrt(sum), distances(hits)[i]);
    const shares = Object.values(hit.shares);
    assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-15);
    parts.forEach((part, c) => assert.equal(shares[c], part / sum));
  });
});

Deno.test("search() names the three dimensions that count most", () => {
  const weights = new Map([["heel", 1], ["colour", 2000]]);
  const [, hit] = find({ mix: Object.fromEntries(weights) }, { raw: true }).hits;
  const parts = Array.from({ length: 8 }, (_, d) => {
    const squares = [...weights].map(([notion, each]) => each * masks.get(notion)![d] ** 2);
    const weight = squares.reduce((a, b) => a + b);
    return weight * (query[d] - among.vectors[hit.index * 8 + d]) ** 2;
  });
  const total = parts.reduce((a, b) => a + b);
  const greatest = [...parts.keys()].sort((a, b) => parts[b] - parts[a]).slice(0, 3);
  assert.deepEqual(hit.dimensions.map(({ dimension }) => dimension), greatest);
  hit.dimensions.forEach(({ dimension, share }) =>
    assert.ok(Math.abs(share - parts[dimension] / total) < 1e-4)
  );
});

Deno.test("search() balances mixtures by the medians unless they are raw, and says so", () => {
  const scales = notionScales(among, masks);
  const mix = { heel: 1, colour: 1 };
  const { hits, by } = find({ mix }, { k: 200 });
  const weights = new Map(["heel", "colour"].map((notion) => [notion, 1 / scales.get(notion)!]));
  assert.deepEqual(hits.map(({ index }) => index), order((row) => weighted(query, row, weights)));
  assert.deepEqual(
    by,
    ["heel", "colour"].map((notion) => ({ notion, weight: 1, scale: scales.get(notion)! })),
  );
  assert.deepEqual(find({ mix }, { raw: true }).by.map(({ scale }) => scale), [null, null]);
  assert.deepEqual(find({ notion: "heel" }).by, [{ notion: "heel", weight: 1, scale: null }]);
  // Over many hits, what weighs the same counts for about the same.
  const mean = hits.reduce((sum, { shares }) => sum + shares.heel, 0) / hits.length;
  assert.ok(Math.abs(mean - 0.5) < 0.1, `${mean}`);
});

Deno.test("search() divides by `scales` where they are given", () => {
  const scales = new Map([["heel", 2], ["colour", 1e-4]]);
  const given = find({ mix: { heel: 1, colour: 1 } }, { scales });
  const raw = find({ mix: { heel: 0.5, colour: 1e4 } }, { raw: true });
  assert.deepEqual(given.hits, raw.hits);
});

Deno.test("search() for like and unlike gives scores, which subtract what is unlike", () => {
  const weights = new Map([["heel", 1], ["colour", -3000]]);
  const asked = { like: { heel: 1 }, unlike: { colour: 3000 } };
  const { hits, by } = find(asked, { k: 200, raw: true });
  assert.deepEqual(hits.map(({ index }) => index), order((row) => weighted(query, row, weights)));
  assert.deepEqual(by.map(({ weight }) => weight), [1, -3000]);
  for (const hit of hits) {
    assert.ok("score" in hit && !("distance" in hit));
    assert.equal(hit.parts.heel + hit.parts.colour, hit.score);
    assert.ok(hit.shares.colour <= 0 && hit.shares.heel >= 0);
    assert.ok(Math.abs(hit.shares.heel - hit.shares.colour - 1) < 1e-15);
  }
  assert.ok(distances(hits)[0] < 0);
});

Deno.test("search() for several images takes their mean, or the one that is farthest", () => {
  const both = { names: ["a", "b"], vectors: among.vectors.slice(0, 16), dimension: 8 };
  const [a, b] = [both.vectors.slice(0, 8), both.vectors.slice(8)];
  const weights = new Map([["heel", 1]]);
  const asked = { notion: "heel" };
  const mean = a.map((value, d) => (value + b[d]) / 2);
  const byMean = find(asked, { k: 200 }, both);
  assert.deepEqual(byMean.hits, find(asked, { k: 200 }, mean).hits);
  assert.equal(byMean.combine, "mean");
  // They are as far from each other, but for the 1e-6, so that their own order is not known here.
  const where = (index: number) => index > 1;
  const { hits, combine } = find(asked, { k: 200, combine: "all", where }, both);
  assert.equal(combine, "all");
  const largest = (row: number) => Math.max(weighted(a, row, weights), weighted(b, row, weights));
  assert.deepEqual(hits.map(({ index }) => index), order(largest).filter(where));
  for (const hit of hits) {
    const farther = weighted(a, hit.index, weights) >= weighted(b, hit.index, weights) ? 0 : 1;
    assert.equal(hit.query, farther);
    assert.ok("distance" in hit && Math.sqrt(hit.parts.heel) === hit.distance);
  }
  const one = { ...both, names: ["a"], vectors: a };
  assert.deepEqual(find(asked, { combine: "all" }, one), find(asked, {}, a));
});

Deno.test("search() compares what `where` leaves, by the medians of the whole set", () => {
  const mix = { heel: 1, colour: 1 };
  const all = find({ mix }, { k: 200 });
  const odd = find({ mix }, { k: 200, where: (index) => index % 2 === 1 });
  assert.deepEqual(odd.hits, all.hits.filter(({ index }) => index % 2 === 1));
  assert.deepEqual([odd.compared, odd.among], [100, 200]);
  assert.deepEqual(find({ mix }, { where: () => false }).hits, []);
});

Deno.test("search() and EmbeddingSet.nearest() never find an image whose embedding is NaN", () => {
  const vectors = among.vectors.slice();
  for (const row of [3, 50, 120]) vectors[row * 8] = NaN;
  const gaps = new EmbeddingSet({ ...among, vectors });
  const without = find({ notion: "heel" }, { k: 200 }).hits.map(({ index }) => index)
    .filter((index) => ![3, 50, 120].includes(index));
  const { hits, compared } = search(query, gaps, { notion: "heel", k: 200, masks });
  assert.deepEqual(hits.map(({ index }) => index), without);
  assert.equal(compared, 197);
  const nearest = gaps.nearest(query, masks.get("heel")!, { k: 200 });
  assert.deepEqual(nearest.map(({ index }) => index), without);
});

Deno.test("search() refuses what does not fit, and finds nothing among nothing", () => {
  assert.throws(() => find({ notion: "heel" }, {}, new Float32Array(3)), /query has 3 dimensions/);
  const unknown = new Float32Array(8).fill(NaN);
  assert.throws(() => find({ notion: "heel" }, {}, unknown), /query's embedding holds NaN/);
  const none = { names: [], vectors: new Float32Array(0), dimension: 8 };
  assert.throws(() => find({ notion: "heel" }, {}, none), /no query image is given/);
  assert.throws(
    () => find({ notion: "heel" }, { combine: "any" as "all" }),
    /`combine` "any": it must be "mean" or "all"/,
  );
  for (const k of [0, 1.5, NaN]) assert.throws(() => find({ notion: "heel" }, { k }), /`k` is/);
  assert.deepEqual(search(query, none, { mix: { heel: 1, colour: 1 }, masks }).hits, []);
});

Deno.test("search() by a mixture of one notion is not balanced, so duplicates and one image are found", () => {
  const vectors = new Float32Array(10 * 8);
  vectors[0] = 3;
  const names = among.names.slice(0, 10);
  for (const count of [10, 1]) {
    const set = {
      names: names.slice(0, count),
      vectors: vectors.slice(0, count * 8),
      dimension: 8,
    };
    const mixed = search(query, set, { mix: { heel: 1 }, masks });
    assert.deepEqual(mixed.hits, search(query, set, { notion: "heel", masks }).hits);
    assert.equal(mixed.by[0].scale, null);
    assert.throws(
      () => search(query, set, { mix: { heel: 1, colour: 1 }, masks }),
      /Cannot balance "heel" with other notions: .*or take the weights as they are/,
    );
  }
});
