import assert from "node:assert/strict";
import { figureOf, meetsAim } from "../../../scripts/bench/figure.ts";

const oneToTen = Array.from({ length: 10 }, (_, i) => i + 1);

Deno.test("figureOf() gives what 9 of 10 are at least as good as: the low ones of costs, the high ones of speeds", () => {
  const cost = figureOf({ work: "x", unit: "ms", aim: 9 }, oneToTen);
  assert.deepEqual([cost.median, cost.most, cost.repeats], [5.5, 9, 10]);
  const speed = figureOf({ work: "x", unit: "frames/s", aim: 2 }, oneToTen);
  assert.deepEqual([speed.median, speed.most], [5.5, 2]);
});

Deno.test("meetsAim() holds 9 of 10 against the aim, not the median", () => {
  const of = (unit: "ms" | "frames/s", aim: number | null) =>
    meetsAim(figureOf({ work: "x", unit, aim }, oneToTen));
  assert.deepEqual([of("ms", 9), of("ms", 8)], [true, false]);
  assert.deepEqual([of("frames/s", 2), of("frames/s", 3)], [true, false]);
  assert.equal(of("ms", null), null);
});
