import assert from "node:assert/strict";
import type { Attribute } from "../../../../src/sets/attribute.ts";
import { correlations } from "../../../../src/sets/make/notions/correlation.ts";
import { randomBelow } from "../../../../src/base/random.ts";

function categories(...values: string[]): Attribute {
  return { kind: "categorical", values };
}

function numbers(...values: number[]): Attribute {
  return { kind: "ordinal", values, alike: 0, unlike: 1 };
}

function of(a: Attribute, b: Attribute) {
  return correlations(new Map([["a", a], ["b", b]]))[0];
}

/** Within rounding. */
function near(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 1e-12, `${found}, not ${expected}`);
}

Deno.test("correlations() gives Cramer's V of categories: a table worked by hand", () => {
  // x: 3 of (p, u), 1 of (p, v), 1 of (q, u), 3 of (q, v): chi^2 = 8 * (3*3 - 1*1)^2 / 4^4 = 2, V = sqrt(2/8).
  const a = categories("p", "p", "p", "p", "q", "q", "q", "q");
  const b = categories("u", "u", "u", "v", "u", "v", "v", "v");
  const found = of(a, b);
  assert.deepEqual([found.notions, found.measure, found.images], [["a", "b"], "Cramer's V", 8]);
  near(found.value, 0.5);
});

Deno.test("correlations() is 1 where one notion tells the other, 0 where nothing of it", () => {
  near(of(categories("p", "q", "r", "p"), categories("u", "v", "w", "u")).value, 1);
  near(of(categories("p", "p", "q", "q"), categories("u", "v", "u", "v")).value, 0);
  near(of(categories("p", "p", "q", "q"), numbers(1, 1, 5, 5)).value, 1);
  near(of(numbers(1, 5, 1, 5), categories("p", "p", "q", "q")).value, 0);
  near(of(numbers(1, 2, 4), numbers(-2, -4, -8)).value, 1);
});

Deno.test("correlations() gives the correlation ratio of categories and numbers: worked by hand", () => {
  // Means 2 and 6, all 4: between 4 * 4 = 16; within 2 + 2 = 4 (1, 3 and 5, 7); ratio sqrt(16 / 20).
  const found = of(categories("p", "p", "q", "q"), numbers(1, 3, 5, 7));
  assert.equal(found.measure, "correlation ratio");
  near(found.value, Math.sqrt(0.8));
});

Deno.test("correlations() leaves out images of which one notion is not known, and can come to nothing", () => {
  const found = of(categories("p", "", "q", "p"), numbers(1, 2, NaN, 4));
  assert.equal(found.images, 2);
  assert.ok(Number.isNaN(found.value));
});

Deno.test("correlations() equals chi squared over expected counts, on random tables", () => {
  const pick = (stream: number, image: number, most: number) =>
    String(randomBelow(1, stream, image, most));
  const x = Array.from({ length: 300 }, (_, i) => pick(1, i, 4));
  const y = x.map((value, i) => pick(2, i, 3) === "0" ? value : pick(3, i, 5));
  const n = x.length;
  let chi2 = 0;
  for (const p of new Set(x)) {
    for (const q of new Set(y)) {
      const observed = x.filter((value, i) => value === p && y[i] === q).length;
      const expected = x.filter((value) => value === p).length *
        y.filter((value) => value === q).length / n;
      chi2 += (observed - expected) ** 2 / expected;
    }
  }
  const smaller = Math.min(new Set(x).size, new Set(y).size) - 1;
  near(of(categories(...x), categories(...y)).value, Math.sqrt(chi2 / (n * smaller)));
});
