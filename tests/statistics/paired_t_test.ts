import assert from "node:assert/strict";
import { pairedInterval, studentT } from "../../src/statistics/paired_t.ts";

/** P(|T| < t) by Simpson's rule on the density, whose constant comes from the same integral over all t. */
function naiveChance(t: number, degrees: number): number {
  // t = sqrt(degrees) tan(x) makes the density cos(x)^(degrees - 1).
  const integral = (to: number) => {
    const steps = 20_000;
    let sum = 0;
    for (let i = 0; i <= steps; i++) {
      const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
      sum += weight * Math.cos(to * i / steps) ** (degrees - 1);
    }
    return sum * to / steps / 3;
  };
  return integral(Math.atan(t / Math.sqrt(degrees))) / integral(Math.PI / 2);
}

Deno.test("studentT() leaves 5 % outside, by integrating the density", () => {
  for (const degrees of [1, 2, 3, 4, 5, 8, 9, 29, 30, 199]) {
    const chance = naiveChance(studentT(degrees), degrees);
    assert.ok(Math.abs(chance - 0.95) < 1e-9, `${degrees}: ${chance}`);
  }
});

Deno.test("studentT() gives the numbers of printed tables", () => {
  const table = [[1, 12.706], [2, 4.303], [3, 3.182], [4, 2.776], [9, 2.262], [30, 2.042]];
  for (const [degrees, t] of table) assert.ok(Math.abs(studentT(degrees) - t) < 6e-4, `${degrees}`);
});

Deno.test("pairedInterval() of three seeds is wide: fixed minus learned masks on the fonts set", () => {
  const { value, low, high } = pairedInterval([-1.67, -0.93, -2.55])!;
  assert.deepEqual([value, low, high].map((each) => each.toFixed(2)), ["-1.72", "-3.73", "0.30"]);
});

Deno.test("pairedInterval() equals mean and scatter taken one by one", () => {
  const differences = [0.3, -0.1, 0.25, 0.6, 0.05];
  const mean = (0.3 - 0.1 + 0.25 + 0.6 + 0.05) / 5;
  let squares = 0;
  for (const each of differences) squares += (each - mean) * (each - mean);
  const half = 2.7764451 * Math.sqrt(squares / 4) / Math.sqrt(5);
  const found = pairedInterval(differences)!;
  assert.ok(Math.abs(found.low - (mean - half)) < 1e-7);
  assert.ok(Math.abs(found.high - (mean + half)) < 1e-7);
});

Deno.test("pairedInterval() says nothing of one seed", () => {
  assert.equal(pairedInterval([0.5]), null);
  assert.equal(pairedInterval([]), null);
});
