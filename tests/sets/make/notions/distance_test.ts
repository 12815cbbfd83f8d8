import assert from "node:assert/strict";
import fc from "fast-check";
import { compareDistance, distance } from "../../../../src/sets/make/notions/distance.ts";

Deno.test("compareDistance() compares distances as people write them", () => {
  for (
    const [a, b, apart] of [[0.4, 0.7, 0.3], [0.9, 1.1, 0.2], [-0.1, 0.2, 0.3], [1e-7, 3e-7, 2e-7]]
  ) {
    assert.equal(compareDistance(a, b, apart), 0, `${a} ${b}`);
    assert.equal(compareDistance(b, a, apart), 0, `${b} ${a}`);
    assert.equal(distance(a, b), apart);
  }
  // What is computed in floats is not 0.3, and is not taken for it.
  assert.ok(compareDistance(0, 0.1 + 0.2, 0.3) > 0);
  assert.ok(Number.isNaN(compareDistance(NaN, 1, 1)) && Number.isNaN(distance(1, NaN)));
});

Deno.test("compareDistance() and distance() equal arithmetic in whole numbers, for any decimals", () => {
  const whole = fc.integer({ min: -1e7, max: 1e7 });
  fc.assert(
    fc.property(
      whole,
      whole,
      fc.nat(2e7),
      fc.integer({ min: 0, max: 9 }),
      (a, b, apart, places) => {
        const [x, y, threshold] = [a, b, apart].map((number) => Number(`${number}e-${places}`));
        assert.equal(
          Math.sign(compareDistance(x, y, threshold)),
          Math.sign(Math.abs(a - b) - apart),
        );
        assert.equal(compareDistance(x, y, Number(`${Math.abs(a - b)}e-${places}`)), 0);
        assert.equal(distance(x, y), Number(`${Math.abs(a - b)}e-${places}`));
      },
    ),
    { seed: 1, numRuns: 2000 },
  );
});
