/** Calibration on data whose chances are known. */
import assert from "node:assert/strict";
import { fitNearer, fitSame } from "../../src/analysis/fit_calibration.ts";
import { randomBelow, randomUnit } from "../../src/base/random.ts";
import {
  type ChanceMeasure,
  chanceNearer,
  chanceSame,
  measured,
} from "../../src/search/calibration.ts";
import { logistic } from "../../src/statistics/logistic_fit.ts";

const count = 6000;

/** Triplets of 500 images that are judged by a logistic of the difference of a measure. */
function judged(measure: ChanceMeasure, slope: number) {
  const [far, near] = [new Float64Array(count), new Float64Array(count)];
  const images = Array.from({ length: 3 * count }, (_, i) => randomBelow(1, 3, i, 500));
  for (let i = 0; i < count; i++) {
    const [x, y] = [(2 * randomUnit(1, 4, i)) ** 2, (2 * randomUnit(1, 5, i)) ** 2];
    const chance = logistic(slope * (measured(measure, y) - measured(measure, x)));
    const isX = randomUnit(1, 6, i) < chance;
    [near[i], far[i]] = isX ? [x, y] : [y, x];
  }
  return { far, near, images };
}

for (const [measure, slope] of [["distance", 3], ["square", 1.5]] as const) {
  Deno.test(`fitNearer() finds the slope and the measure of judgements by the ${measure}`, () => {
    const found = fitNearer(judged(measure, slope), 1);
    assert.equal(found.measure, measure);
    assert.ok(Math.abs(found.slope / slope - 1) < 0.1, `${found.slope}`);
    assert.ok(found.logLikelihood[measure] > -Math.log(2));
    assert.equal(found.logLikelihood[measure], Math.max(...Object.values(found.logLikelihood)));
    assert.ok(found.reliability.error.value < 0.03, `${found.reliability.error.value}`);
    assert.ok(found.reliability.bins.every(({ low }) => low >= 0.5));
    const truth = logistic(slope * (measured(measure, 1.44) - measured(measure, 0.25)));
    assert.ok(Math.abs(chanceNearer(found, { x: 0.25, y: 1.44 }) - truth) < 0.03);
    assert.equal(chanceNearer(found, { x: 1, y: 1 }), 0.5);
  });
}

Deno.test("fitNearer() of what is never wrong is sure, but not beyond its triplets", () => {
  const images = Array.from({ length: 300 }, (_, i) => i);
  const [far, near] = [new Float64Array(100).fill(4), new Float64Array(100).fill(1)];
  const found = fitNearer({ far, near, images }, 1);
  const chance = chanceNearer(found, { x: 1, y: 4 });
  assert.ok(Math.abs(chance - 101 / 102) < 1e-6, `${chance}`);
});

Deno.test("fitSame() finds the chances by which pairs have the same value", () => {
  const images = Array.from({ length: count }, (_, i) => {
    const [a, b] = [randomBelow(2, 1, i, 400), randomBelow(2, 2, i, 400)];
    return [a, b, b];
  }).flat();
  const squares = Float64Array.from({ length: count }, (_, i) => (2 * randomUnit(2, 3, i)) ** 2);
  const truth = (square: number) => logistic(2 - 3 * Math.sqrt(square));
  const isSame = squares.map((square, i) => randomUnit(2, 4, i) < truth(square) ? 1 : 0);
  const found = fitSame({ squares, isSame, images }, 1);
  assert.equal(found.measure, "distance");
  for (const square of [0, 0.25, 1, 4]) {
    assert.ok(Math.abs(chanceSame(found, square) - truth(square)) < 0.03, `${square}`);
  }
  assert.ok(found.reliability.error.value < 0.03);
});
