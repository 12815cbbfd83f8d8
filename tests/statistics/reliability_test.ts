import assert from "node:assert/strict";
import { randomUnit } from "../../src/base/random.ts";
import { reliabilityOf } from "../../src/statistics/reliability.ts";

/** Predictions about images of their own, which come true with the chance `truly`. */
function predictions(count: number, truly: (chance: number) => number) {
  const chances = Float64Array.from({ length: count }, (_, i) => randomUnit(1, 1, i));
  return {
    chances,
    outcomes: chances.map((chance, i) => randomUnit(1, 2, i) < truly(chance) ? 1 : 0),
    images: Array.from({ length: 3 * count }, (_, i) => i),
  };
}

Deno.test("reliabilityOf() finds no error where chances come true as often as they say", () => {
  const { bins, error } = reliabilityOf(predictions(20_000, (chance) => chance));
  assert.ok(error.value < 0.015 && error.low < error.value && error.value < error.high);
  assert.deepEqual(bins.map(({ low }) => Math.round(10 * low)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(bins.reduce((sum, { count }) => sum + count, 0), 20_000);
  for (const { low, high, predicted, observed } of bins) {
    assert.ok(low <= predicted && predicted < high);
    assert.ok(Math.abs(observed.value - predicted) < 0.05);
  }
});

Deno.test("reliabilityOf() finds the error of chances that say too much", () => {
  // The truth lies halfway between 1/2 and what is said: the mean of |chance - 1/2| / 2 is 1/8.
  const { error } = reliabilityOf(predictions(20_000, (chance) => 0.25 + chance / 2));
  assert.ok(error.low < 0.125 && 0.125 < error.high && Math.abs(error.value - 0.125) < 0.015);
});

Deno.test("reliabilityOf() is the mean over bins of the gap, each as often as it has predictions", () => {
  const images = Array.from({ length: 30 }, (_, i) => i);
  const chances = [0.56, 0.56, 0.56, 0.56, 0.96, 0.96, 0.96, 0.96, 0.96, 1];
  const outcomes = [1, 1, 0, 1, 1, 1, 1, 1, 0, 1];
  const { bins, error } = reliabilityOf({ chances, outcomes, images }, 0.5);
  assert.deepEqual(bins.map(({ count }) => count), [4, 6]);
  const gaps = [0.75 - 0.56, (5 * 0.96 + 1) / 6 - 5 / 6];
  assert.ok(Math.abs(error.value - (4 * gaps[0] + 6 * gaps[1]) / 10) < 1e-12);
});
