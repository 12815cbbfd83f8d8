import assert from "node:assert/strict";
import {
  philoxBlock,
  randomBelow,
  randomNormal,
  randomUint32,
  randomUnit,
  shuffled,
  streamFor,
} from "../../src/base/random.ts";

const draws = 100_000;

Deno.test("philoxBlock() gives the known answers of the authors' Random123 library", () => {
  // kat_vectors of Random123: counter, key, result of philox4x32-10.
  const full = 0xffffffff;
  const hex = (words: Uint32Array) =>
    Array.from(words, (word) => word.toString(16).padStart(8, "0"));
  assert.deepEqual(
    hex(philoxBlock([0, 0, 0, 0], [0, 0])),
    ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"],
  );
  assert.deepEqual(
    hex(philoxBlock([full, full, full, full], [full, full])),
    ["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"],
  );
  assert.deepEqual(
    hex(philoxBlock([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])),
    ["d16cfe09", "94fdcceb", "5001e420", "24126ea1"],
  );
});

Deno.test("randomUint32() depends on all bits of seed, stream and index", () => {
  const seen = new Set<number>();
  for (const seed of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
    for (const stream of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
      for (const index of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
        seen.add(randomUint32(seed, stream, index));
        assert.equal(randomUint32(seed, stream, index), randomUint32(seed, stream, index));
      }
    }
  }
  // Two of 64 words are equal by chance once in two million seeds.
  assert.equal(seen.size, 64);
});

Deno.test("randomUnit() is uniform in [0, 1)", () => {
  const bins = new Array(100).fill(0);
  for (let i = 0; i < draws; i++) {
    const value = randomUnit(7, 8, i);
    assert.ok(value >= 0 && value < 1);
    bins[Math.floor(100 * value)]++;
  }
  // Chi-square with 99 degrees of freedom: above 149 once in a thousand seeds.
  const expected = draws / bins.length;
  const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  assert.ok(chiSquare < 149 && chiSquare > 60, `chi-square ${chiSquare}`);
});

Deno.test("randomUnit() of neighbouring seeds, streams and indices is unrelated", () => {
  for (const [seed, stream, index] of [[1, 0, 0], [0, 1, 0], [0, 0, 1]]) {
    let sum = 0;
    for (let i = 0; i < draws; i++) {
      sum += (randomUnit(5, 6, i) - 0.5) * (randomUnit(5 + seed, 6 + stream, i + index) - 0.5);
    }
    // A correlation has a standard deviation of 1 / sqrt(draws) when there is none.
    const correlation = 12 * sum / draws;
    assert.ok(Math.abs(correlation) < 4 / Math.sqrt(draws), `correlation ${correlation}`);
  }
});

Deno.test("randomNormal() has the moments of the standard normal distribution", () => {
  let [sum, squares, fourth, beyond] = [0, 0, 0, 0];
  for (let i = 0; i < draws; i++) {
    const value = randomNormal(3, 4, i);
    sum += value;
    squares += value ** 2;
    fourth += value ** 4;
    beyond += Math.abs(value) > 1.959964 ? 1 : 0;
  }
  assert.ok(Math.abs(sum / draws) < 0.013);
  assert.ok(Math.abs(squares / draws - 1) < 0.018);
  assert.ok(Math.abs(fourth / draws - 3) < 0.13);
  assert.ok(Math.abs(beyond / draws - 0.05) < 0.003);
});

Deno.test("randomBelow() favours no number, also for bounds that do not divide 2^32", () => {
  // The rest of a plain division would be below 2^31 twice as often as beyond it.
  const bound = 3 * 2 ** 30;
  let low = 0;
  for (let i = 0; i < draws; i++) {
    const value = randomBelow(1, 2, i, bound);
    assert.ok(value >= 0 && value < bound);
    low += value < bound / 2 ? 1 : 0;
  }
  assert.ok(Math.abs(low / draws - 0.5) < 4 * 0.5 / Math.sqrt(draws), `${low} of ${draws}`);
  assert.equal(randomBelow(1, 2, 3, 1), 0);
});

Deno.test("shuffled() gives every order equally often", () => {
  const counts = new Map<string, number>();
  const tries = 24_000;
  for (let seed = 0; seed < tries; seed++) {
    const order = shuffled(4, seed, 9).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  // Chi-square with 23 degrees of freedom: above 49.7 once in a thousand.
  const chiSquare = Array.from(counts.values(), (count) => (count - 1000) ** 2 / 1000)
    .reduce((sum, part) => sum + part, 0);
  assert.ok(chiSquare < 49.7, `chi-square ${chiSquare}`);
});

Deno.test("shuffled() holds each number once and is the same each time", () => {
  const order = shuffled(10_000, 1, 2);
  assert.deepEqual(order.slice().sort(), Uint32Array.from({ length: 10_000 }, (_, i) => i));
  assert.deepEqual(order, shuffled(10_000, 1, 2));
  assert.notDeepEqual(order, shuffled(10_000, 1, 3));
  assert.deepEqual(Array.from(shuffled(12, 1, 2)), [0, 8, 4, 2, 3, 9, 7, 1, 10, 6, 5, 11]);
  assert.equal(shuffled(0, 1, 2).length, 0);
});

Deno.test("streamFor() gives each use and part a stream of its own, apart from those of initial weights", () => {
  const streams = ([
    "subset",
    "order",
    "flip",
    "split",
    "triplet",
    "dense",
    "bootstrap",
    "presentation",
    "layout",
    "sample",
    "queries",
    "pairs",
    "probe",
  ] as const)
    .flatMap((use) => [streamFor(use), streamFor(use, 1), streamFor(use, 2 ** 32 - 1)]);
  assert.equal(new Set(streams).size, streams.length);
  for (const stream of streams) assert.ok(Number.isSafeInteger(stream) && stream >= 2 ** 32);
});
