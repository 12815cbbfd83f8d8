import assert from "node:assert/strict";
import { randomNormal } from "../../src/base/random.ts";
import { fitNonNegative, largestPenalty } from "../../src/statistics/non_negative_fit.ts";

/** Rows of which the first three columns are more often above 0. */
function draw(count: number, width: number) {
  const values = Float64Array.from(
    { length: count * width },
    (_, at) => randomNormal(1, 1, at) + (at % width < 3 ? 0.5 : 0),
  );
  return { values, width, used: Uint32Array.from({ length: count }, (_, row) => row) };
}

/** The slopes of the mean loss with its penalty, by each weight. */
function slopes(
  { values, width, used }: ReturnType<typeof draw>,
  w: Float64Array,
  penalty: number,
) {
  const found = new Float64Array(width).fill(penalty);
  for (const row of used) {
    const x = values.subarray(row * width, (row + 1) * width);
    const sum = x.reduce((sum, each, j) => sum + w[j] * each, 0);
    x.forEach((each, j) => found[j] -= each / (1 + Math.exp(sum)) / used.length);
  }
  return found;
}

Deno.test("fitNonNegative() comes to the optimum that a naive solver creeps to", () => {
  const rows = draw(80, 6);
  const penalty = 0.2 * largestPenalty(rows);
  // Projected gradient steps: no step is clever, and the loss is convex.
  const naive = new Float64Array(6);
  for (let step = 0; step < 20_000; step++) {
    slopes(rows, naive, penalty).forEach((slope, j) =>
      naive[j] = Math.max(0, naive[j] - 0.5 * slope)
    );
  }
  const found = fitNonNegative(rows, penalty);
  assert.ok(found.some((weight) => weight === 0) && found.some((weight) => weight > 0.1));
  found.forEach((weight, j) => assert.ok(Math.abs(weight - naive[j]) < 1e-7, `${found} ${naive}`));
});

Deno.test("fitNonNegative() is at the optimum: no weight above 0 has a slope, and none at 0 falls", () => {
  for (const [count, width] of [[30, 40], [200, 20]]) {
    const rows = draw(count, width);
    for (const share of [0.5, 0.05, 0.005]) {
      const penalty = share * largestPenalty(rows);
      const found = fitNonNegative(rows, penalty);
      slopes(rows, found, penalty).forEach((slope, j) => {
        assert.ok(found[j] >= 0);
        assert.ok(
          found[j] > 0 ? Math.abs(slope) < 1e-7 * penalty : slope > -1e-7 * penalty,
          `${found[j]} ${slope}`,
        );
      });
    }
  }
});

Deno.test("fitNonNegative() comes to the same weights from wherever it starts", () => {
  const rows = draw(100, 10);
  const penalty = 0.1 * largestPenalty(rows);
  const from0 = fitNonNegative(rows, penalty);
  const from5 = fitNonNegative(rows, penalty, { start: new Float64Array(10).fill(5) });
  from0.forEach((weight, j) => assert.ok(Math.abs(weight - from5[j]) < 1e-6));
});

Deno.test("fitNonNegative() counts only the rows that are used", () => {
  const rows = draw(100, 10);
  const half = { ...rows, used: rows.used.filter((row) => row % 2 === 0) };
  const alone = {
    ...rows,
    values: Float64Array.from(half.used, (row) => row)
      .reduce<number[]>((all, row) => [...all, ...rows.values.slice(10 * row, 10 * row + 10)], []),
    used: rows.used.subarray(0, 50),
  };
  assert.deepEqual(
    fitNonNegative(half, 0.01),
    fitNonNegative({ ...alone, values: Float64Array.from(alone.values) }, 0.01),
  );
});

Deno.test("largestPenalty() is where the first weight begins to count", () => {
  const rows = draw(100, 10);
  const most = largestPenalty(rows);
  assert.ok(fitNonNegative(rows, 1.0001 * most).every((weight) => weight === 0));
  assert.equal(fitNonNegative(rows, 0.999 * most).filter((weight) => weight > 0).length, 1);
});
