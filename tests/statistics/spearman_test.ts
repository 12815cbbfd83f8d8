import assert from "node:assert/strict";
import { randomBelow } from "../../src/base/random.ts";
import { averageRanks, spearman } from "../../src/statistics/spearman.ts";

Deno.test("averageRanks() gives equal values the mean of their ranks", () => {
  assert.deepEqual([...averageRanks([30, 10, 20, 20, 10, 20])], [6, 1.5, 4, 4, 1.5, 4]);
  assert.deepEqual([...averageRanks([0, -0, -1])], [2.5, 2.5, 1]);
  assert.deepEqual([...averageRanks([])], []);
});

Deno.test("spearman() is 1 for any rising function, -1 for a falling one, and what hand computation gives with ties", () => {
  const close = (found: number | null, expected: number) =>
    assert.ok(Math.abs(found! - expected) < 1e-12, `${found} is not ${expected}`);
  close(spearman([1, 2, 3, 9], [1, 4, 9, 81]), 1);
  close(spearman([1, 2, 3, 9], [3, 2, 1, -500]), -1);
  // Ranks 1 2 3 4 5 and 1 2 3.5 5 3.5: covariance 8, squares 10 and 9.5.
  close(spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]), 8 / Math.sqrt(10 * 9.5));
});

Deno.test("spearman() equals a naive computation on values with many ties", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const draw = (stream: number) =>
      Array.from({ length: 40 }, (_, i) => randomBelow(seed, stream, i, 6));
    const [a, b] = [draw(1), draw(2)];
    const rank = (values: number[], value: number) =>
      values.filter((one) => one < value).length +
      (values.filter((one) => one === value).length + 1) / 2;
    const [ranksA, ranksB] = [a.map((value) => rank(a, value)), b.map((value) => rank(b, value))];
    const mean = 41 / 2;
    const products = (one: number[], other: number[]) =>
      one.reduce((sum, value, i) => sum + (value - mean) * (other[i] - mean), 0);
    const expected = products(ranksA, ranksB) /
      Math.sqrt(products(ranksA, ranksA) * products(ranksB, ranksB));
    assert.ok(Math.abs(spearman(a, b)! - expected) < 1e-12);
  }
});

Deno.test("spearman() is null where nothing varies, and refuses what has no rank or partner", () => {
  assert.equal(spearman([1, 1, 1], [1, 2, 3]), null);
  assert.equal(spearman([1], [1]), null);
  assert.throws(() => spearman([1, 2], [1, 2, 3]), /2 values with 3/);
  assert.throws(() => spearman([1, NaN], [1, 2]), /not a number; leave unknown ones out/);
});
