import assert from "node:assert/strict";
import { randomNormal, randomUnit } from "../../src/base/random.ts";
import { correlationInterval, wilsonInterval } from "../../src/statistics/interval.ts";
import { scatterOf } from "../../src/statistics/unit_scatter.ts";

/** Outcomes of which `right` are 1, with their scatter. */
function outcomes(right: number, count: number) {
  const values = Float64Array.from({ length: count }, (_, i) => (i < right ? 1 : 0) / count);
  return wilsonInterval(right / count, scatterOf(values))!;
}

Deno.test("wilsonInterval() is Wilson's, stays within 0 and 1, and falls with each error", () => {
  const { low, high } = outcomes(8_000, 10_000);
  // Wilson's for 8,000 of 10,000 is 0.79205 to 0.80773.
  assert.ok(Math.abs(low - 0.79205) < 2e-5 && Math.abs(high - 0.80773) < 2e-5, `${low} ${high}`);
  for (const count of [30, 400]) {
    let before = outcomes(count, count);
    assert.equal(before.high, 1);
    assert.ok(before.low > 0.85 && before.low < 1);
    for (let right = count - 1; right >= 0; right--) {
      const next = outcomes(right, count);
      assert.ok(next.low < before.low && next.high <= before.high, `${right} of ${count}`);
      before = next;
    }
    assert.equal(before.low, 0);
    assert.ok(before.high > 0);
  }
});

/** The chance that the interval of `count` outcomes holds the accuracy, over all numbers of them. */
function exactCoverage(accuracy: number, count: number): number {
  let [covered, logarithm] = [0, count * Math.log(1 - accuracy)];
  for (let right = 0; right <= count; right++) {
    const { low, high } = outcomes(right, count);
    if (low <= accuracy && accuracy <= high) covered += Math.exp(logarithm);
    logarithm += Math.log((count - right) / (right + 1) * accuracy / (1 - accuracy));
  }
  return covered;
}

Deno.test("wilsonInterval() covers the accuracy on other images, few images and near 1, too", () => {
  for (const [accuracy, count] of [[0.8, 30], [0.95, 30], [0.98, 200], [0.999, 200], [0.5, 500]]) {
    const covered = exactCoverage(accuracy, count);
    assert.ok(covered >= 0.93, `${accuracy} of ${count}: ${covered}`);
  }
});

Deno.test("wilsonInterval() covers the accuracy on other groups; images alone would not", () => {
  const [accuracy, count, perGroup, samples] = [0.7, 200, 5, 400];
  const groups = Array.from({ length: count }, (_, i) => Math.floor(i / perGroup));
  const held = { byGroup: 0, byImage: 0 };
  for (let seed = 0; seed < samples; seed++) {
    // A group is right or wrong as one but for a fifth of its images.
    const right = groups.map((group, i) => {
      const isAlone = randomUnit(seed, 1, i) < 0.2;
      return randomUnit(seed, isAlone ? 2 : 3, isAlone ? i : group) < accuracy ? 1 : 0;
    });
    const found = right.reduce<number>((sum, each) => sum + each, 0) / count;
    const influences = Float64Array.from(right, (each) => each / count);
    for (const [unit, given] of [["byGroup", groups], ["byImage", undefined]] as const) {
      const { low, high } = wilsonInterval(found, scatterOf(influences, given))!;
      if (low <= accuracy && accuracy <= high) held[unit] += 1 / samples;
    }
  }
  // Of 400 samples: 0.95 has a standard error of 0.011.
  assert.ok(held.byGroup >= 0.925 && held.byGroup <= 0.98, String(held.byGroup));
  assert.ok(held.byImage < 0.8, String(held.byImage));
});

Deno.test("correlationInterval() covers a correlation near 1 on one side more than on the other; null where it is not known", () => {
  const { low, high } = correlationInterval(0.9, { variance: 0.0004, units: 100 })!;
  assert.ok(low < 0.9 && high > 0.9 && high < 1 && 0.9 - low > high - 0.9);
  assert.equal(correlationInterval(1, { variance: 0, units: 100 }), null);
  assert.equal(correlationInterval(0.5, { variance: 0.1, units: 3 }), null);
  assert.equal(wilsonInterval(0.5, { variance: NaN, units: 1 }), null);
});

Deno.test("correlationInterval() is Fisher's, with Student's t of half as many degrees as units less one", () => {
  // Of 23 degrees of freedom, t is 2.068658; of 22, 2.073873.
  for (const [units, t] of [[47, 2.068658], [46, 2.073873], [45, 2.073873]]) {
    const { low, high } = correlationInterval(0.5, { variance: 0.01, units })!;
    const half = t * 0.1 / (1 - 0.5 ** 2);
    const [below, above] = [Math.atanh(0.5) - half, Math.atanh(0.5) + half].map(Math.tanh);
    assert.ok(Math.abs(low - below) < 1e-6 && Math.abs(high - above) < 1e-6, `${units}: ${low}`);
  }
});

Deno.test("scatterOf() of a mean is the square of its standard error", () => {
  const values = Float64Array.from({ length: 50 }, (_, i) => randomNormal(1, 1, i));
  const mean = values.reduce((sum, each) => sum + each, 0) / 50;
  const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const { variance, units } = scatterOf(values.map((each) => each / 50));
  assert.ok(Math.abs(variance - squares / 49 / 50) < 1e-12);
  assert.equal(units, 50);
});
