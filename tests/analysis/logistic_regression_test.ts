import assert from "node:assert/strict";
import {
  fitLogisticRegression,
  type LogisticRegression,
  predict,
} from "../../src/analysis/logistic_regression.ts";
import { randomNormal } from "../../src/base/random.ts";
import fits from "../fixtures/logistic_regression/fits.json" with { type: "json" };

/** Four classes about the corners of a square, in two of three dimensions; the last one never varies. */
function corners(count: number): { vectors: Float32Array; labels: Uint32Array } {
  const labels = Uint32Array.from({ length: count }, (_, i) => i % 4);
  const vectors = Float32Array.from({ length: 3 * count }, (_, at) => {
    const [row, d] = [Math.floor(at / 3), at % 3];
    return d === 2 ? 7 : 5 + 30 * d + 3 * (labels[row] >> d & 1) + 0.8 * randomNormal(1, d, row);
  });
  return { vectors, labels };
}

/** The objective at a model's weights, and the sum of squares of its gradient, computed naively. */
function naive(
  { weights, mean, deviation, classes }: LogisticRegression,
  vectors: Float32Array,
  labels: Uint32Array,
): { loss: number; squares: number } {
  const [count, dimension] = [labels.length, mean.length];
  const gradient = new Float64Array(weights.length);
  let loss = 0;
  for (let row = 0; row < count; row++) {
    const x = Array.from(
      mean.keys(),
      (d) => (vectors[dimension * row + d] - mean[d]) / deviation[d],
    )
      .concat(1);
    const exponents = Array.from(
      { length: classes },
      (_, c) => Math.exp(x.reduce((sum, value, d) => sum + value * weights[d * classes + c], 0)),
    );
    const all = exponents.reduce((sum, one) => sum + one, 0);
    loss -= Math.log(exponents[labels[row]] / all) / count;
    for (let c = 0; c < classes; c++) {
      const wrongBy = exponents[c] / all - (labels[row] === c ? 1 : 0);
      x.forEach((value, d) => gradient[d * classes + c] += value * wrongBy / count);
    }
  }
  for (let at = 0; at < dimension * classes; at++) {
    gradient[at] += weights[at] / count;
    loss += weights[at] ** 2 / (2 * count);
  }
  return { loss, squares: gradient.reduce((sum, one) => sum + one * one, 0) };
}

Deno.test("fitLogisticRegression() ends where the gradient of its objective, computed naively, is 0", async () => {
  const { vectors, labels } = corners(400);
  const model = await fitLogisticRegression(vectors, 3, labels, 4);
  const { squares } = naive(model, vectors, labels);
  // The objective is strongly convex by 1 / n: so far above its minimum it is at most.
  assert.ok(400 * squares / 2 < 2e-9, String(squares));
  assert.ok(model.steps < 100, String(model.steps));
});

Deno.test("fitLogisticRegression() comes to the loss that scikit-learn does, and predict() to its classes", async () => {
  for (const fit of fits) {
    const vectors = Float32Array.from(fit.vectors);
    const labels = Uint32Array.from(fit.labels);
    const model = await fitLogisticRegression(vectors, fit.dimension, labels, fit.classes);
    const { loss } = naive(model, vectors, labels);
    assert.ok(Math.abs(loss - fit.loss) < 1e-8, `${fit.name}: ${loss}, not ${fit.loss}`);
    assert.deepEqual([...predict(model, vectors)], fit.predicted);
  }
});

Deno.test("predict() tells four corners apart, in vectors that it was not fitted on, and a constant dimension does no harm", async () => {
  const { vectors, labels } = corners(800);
  const half = 400;
  const model = await fitLogisticRegression(
    vectors.slice(0, 3 * half),
    3,
    labels.slice(0, half),
    4,
  );
  const guesses = predict(model, vectors.slice(3 * half));
  const right = guesses.filter((guess, i) => guess === labels[half + i]).length;
  // Each of two borders is 1.5 / 0.8 standard deviations away: 3 % beyond each, 6 % in all.
  assert.ok(right / half > 0.9, String(right / half));
  assert.deepEqual(
    await fitLogisticRegression(vectors.slice(0, 3 * half), 3, labels.slice(0, half), 4),
    model,
  );
});

Deno.test("fitLogisticRegression() stops with the reason of its signal", async () => {
  const { vectors, labels } = corners(40);
  const reason = new Error("enough");
  await assert.rejects(
    fitLogisticRegression(vectors, 3, labels, 4, AbortSignal.abort(reason)),
    reason,
  );
});
