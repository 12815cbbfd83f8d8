import assert from "node:assert/strict";
import { fitLogisticRegression, predict } from "../../src/analysis/logistic_regression.ts";
import { randomNormal } from "../../src/base/random.ts";

/** Four classes about the corners of a square, in two of three dimensions; the last one never varies. */
function corners(count: number): { vectors: Float32Array; labels: Uint32Array } {
  const labels = Uint32Array.from({ length: count }, (_, i) => i % 4);
  const vectors = Float32Array.from({ length: 3 * count }, (_, at) => {
    const [row, d] = [Math.floor(at / 3), at % 3];
    return d === 2 ? 7 : 5 + 30 * d + 3 * (labels[row] >> d & 1) + 0.8 * randomNormal(1, d, row);
  });
  return { vectors, labels };
}

Deno.test("fitLogisticRegression() ends where the gradient of its objective, computed naively, is 0", async () => {
  const [count, classes] = [400, 4];
  const { vectors, labels } = corners(count);
  const model = await fitLogisticRegression(vectors, 3, labels, classes);
  const { weights, mean, deviation } = model;
  const gradient = new Float64Array(4 * classes);
  for (let row = 0; row < count; row++) {
    const x = [0, 1, 2].map((d) => (vectors[3 * row + d] - mean[d]) / deviation[d]).concat(1);
    const exponents = Array.from(
      { length: classes },
      (_, c) => Math.exp(x.reduce((sum, value, d) => sum + value * weights[d * classes + c], 0)),
    );
    const all = exponents.reduce((sum, one) => sum + one, 0);
    for (let c = 0; c < classes; c++) {
      const wrongBy = exponents[c] / all - (labels[row] === c ? 1 : 0);
      x.forEach((value, d) => gradient[d * classes + c] += value * wrongBy / count);
    }
  }
  for (let at = 0; at < 3 * classes; at++) gradient[at] += weights[at] / count;
  // At the start it is 0.2 in its largest element.
  gradient.forEach((one, at) => assert.ok(Math.abs(one) < 5e-4, `${at}: ${one}`));
  assert.ok(model.steps < 500, String(model.steps));
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
