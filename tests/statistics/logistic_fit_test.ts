import assert from "node:assert/strict";
import { randomNormal, randomUnit } from "../../src/base/random.ts";
import {
  crossEntropy,
  fitLogistic,
  logistic,
  smoothedTarget,
} from "../../src/statistics/logistic_fit.ts";

const count = 4000;
const ones = new Float64Array(count).fill(1);

/** Draws outcomes of a logistic of which the coefficients are known. */
function draw(intercept: number, slope: number, unit = 1) {
  const x = Float64Array.from({ length: count }, (_, i) => unit * randomNormal(3, 1, i));
  const targets = x.map((each, i) =>
    randomUnit(3, 2, i) < logistic(intercept + slope / unit * each) ? 1 : 0
  );
  return { x, targets };
}

Deno.test("fitLogistic() finds the coefficients that outcomes were drawn by", () => {
  const { x, targets } = draw(-0.5, 2);
  const [intercept, slope] = fitLogistic([ones, x], targets);
  // Standard errors are below 0.06.
  assert.ok(Math.abs(intercept + 0.5) < 0.18, `${intercept}`);
  assert.ok(Math.abs(slope - 2) < 0.25, `${slope}`);
});

Deno.test("fitLogistic() comes to the optimum: the gradient is 0, whatever the unit", () => {
  for (const unit of [1e-6, 1, 1e6]) {
    const { x, targets } = draw(1, -3, unit);
    const found = fitLogistic([ones, x], targets);
    const wrongBy = x.map((each, i) => logistic(found[0] + found[1] * each) - targets[i]);
    const slopes = [ones, x].map((column) =>
      wrongBy.reduce((sum, each, i) => sum + each * column[i], 0) / count
    );
    assert.ok(Math.abs(slopes[0]) < 1e-7, `${slopes}`);
    assert.ok(Math.abs(slopes[1] / unit) < 1e-7, `${slopes}`);
  }
});

Deno.test("fitLogistic() of what is never wrong ends, by smoothed targets", () => {
  const targets = new Float64Array(50).fill(smoothedTarget(50));
  assert.equal(targets[0], 51 / 52);
  const [slope] = fitLogistic([new Float64Array(50).fill(2)], targets);
  assert.ok(Math.abs(logistic(2 * slope) - 51 / 52) < 1e-9);
  assert.deepEqual(fitLogistic([new Float64Array(50)], targets), [0]);
});

Deno.test("crossEntropy() is the mean of -t log p - (1 - t) log(1 - p), and finite for great logits", () => {
  const [logits, targets] = [[0.3, -2, 5], [1, 0.25, 0]];
  const expected = logits.reduce((sum, logit, i) => {
    const p = logistic(logit);
    return sum - targets[i] * Math.log(p) - (1 - targets[i]) * Math.log(1 - p);
  }, 0) / 3;
  assert.ok(Math.abs(crossEntropy(logits, targets) - expected) < 1e-12);
  assert.equal(crossEntropy([1e4, -1e4], [0, 1]), 1e4);
});
