import assert from "node:assert/strict";
import { nearestRows } from "../../src/analysis/nearest_rows.ts";
import { randomBelow } from "../../src/base/random.ts";

for (const k of [1, 2, 5, 30, 40]) {
  Deno.test(`nearestRows() gives the ${k} nearest of 30 rows, ties in the order of rows`, () => {
    const [n, dimension] = [30, 2];
    // On a grid of 4 x 4, so that many are equally far and some are equal.
    const points = Float32Array.from(
      { length: n * dimension },
      (_, i) => randomBelow(1, 1, i, 4),
    );
    const distance = (a: number, b: number) =>
      Math.hypot(points[2 * a] - points[2 * b], points[2 * a + 1] - points[2 * b + 1]);
    const { rows, distances } = nearestRows(points, dimension, k);
    for (let row = 0; row < n; row++) {
      const others = Array.from({ length: n }, (_, i) => i).filter((i) => i !== row)
        .sort((a, b) => distance(row, a) - distance(row, b) || a - b);
      const expected = [row, ...others].slice(0, k);
      assert.deepEqual(rows[row], expected);
      distances[row].forEach((found, i) =>
        assert.ok(Math.abs(found - distance(row, expected[i])) < 1e-6)
      );
    }
  });
}
