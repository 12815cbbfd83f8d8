import assert from "node:assert/strict";
import { fewUnits } from "../../src/statistics/test_units.ts";

Deno.test("fewUnits() warns below 45 images and below 15 groups, with their number", () => {
  assert.equal(fewUnits({ kind: "images", count: 45 }), null);
  assert.equal(fewUnits({ kind: "groups", count: 15 }), null);
  assert.match(
    fewUnits({ kind: "images", count: 44 })!,
    /hold 44 images: with fewer than 45 an interval is rough/,
  );
  assert.match(
    fewUnits({ kind: "groups", count: 14 })!,
    /hold 14 groups: with fewer than 15 an interval is rough/,
  );
});

Deno.test("fewUnits() says of fewer than five that no interval can be had", () => {
  assert.match(fewUnits({ kind: "groups", count: 5 })!, /an interval is rough/);
  assert.match(
    fewUnits({ kind: "groups", count: 4 })!,
    /hold 4 groups: fewer than 5 say nothing of others, and no interval can be had/,
  );
});
