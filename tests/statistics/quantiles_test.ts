import assert from "node:assert/strict";
import { betaQuantile, betaShare } from "../../src/statistics/beta.ts";
import { exactInterval, studentT } from "../../src/statistics/quantiles.ts";
import fixture from "../fixtures/statistics/quantiles.json" with { type: "json" };

function isNear(found: number, expected: number): boolean {
  return Math.abs(found - expected) <= 1e-10 * Math.abs(expected) + 1e-300;
}

Deno.test("betaShare() is SciPy's incomplete beta function", () => {
  for (const { x, a, b, share } of fixture.beta) {
    const found = betaShare(x, a, b);
    // Near 1 the digits of what is left count.
    assert.ok(isNear(found, share) || Math.abs(found - share) < 1e-13, `${x} ${a} ${b}: ${found}`);
  }
});

Deno.test("betaQuantile() undoes betaShare()", () => {
  for (const share of [0.001, 0.025, 0.5, 0.975]) {
    const found = betaShare(betaQuantile(share, 3.5, 40), 3.5, 40);
    assert.ok(isNear(found, share), `${found}`);
  }
});

Deno.test("exactInterval() is SciPy's, of whole and other numbers", () => {
  for (const { wrong, count, low, high } of fixture.intervals) {
    const found = exactInterval(wrong, count);
    assert.ok(isNear(found.low, low) && isNear(found.high, high), `${wrong} of ${count}`);
  }
});

Deno.test("studentT() is SciPy's, of whole and other degrees of freedom", () => {
  for (const { degrees, t } of fixture.t) {
    assert.ok(isNear(studentT(degrees), t), `${degrees}: ${studentT(degrees)}, not ${t}`);
  }
});
