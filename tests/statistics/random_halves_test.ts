import assert from "node:assert/strict";
import { randomHalves } from "../../src/statistics/random_halves.ts";

Deno.test("randomHalves() tears no group, gives each half its share, and goes by the seed", () => {
  const groups = [5, 5, 9, 2, 2, 2, 9, 7, 1];
  const { units, unitOf, halves, share } = randomHalves(9, { splits: 60, seed: 3, groups });
  assert.deepEqual([units, share], [5, 2 / 5]);
  assert.deepEqual([...unitOf], [0, 0, 1, 2, 2, 2, 1, 3, 4]);
  for (const halfOf of halves) {
    const ofGroup = new Map(groups.map((group, image) => [group, halfOf[image]]));
    assert.ok(groups.every((group, image) => halfOf[image] === ofGroup.get(group)));
    assert.equal([...ofGroup.values()].reduce((sum, half) => sum + half, 0), 2);
  }
  // All ten pairs of groups are drawn.
  assert.equal(new Set(halves.map((halfOf) => halfOf.join(""))).size, 10);
  assert.deepEqual(randomHalves(9, { splits: 60, seed: 3, groups }).halves, halves);
  assert.notDeepEqual(randomHalves(9, { splits: 60, seed: 4, groups }).halves, halves);
});

Deno.test("randomHalves() has images for units where no groups are given; a single one has no half", () => {
  const { units, unitOf, share } = randomHalves(6, { splits: 1, seed: 1 });
  assert.deepEqual([units, [...unitOf], share], [6, [0, 1, 2, 3, 4, 5], 1 / 2]);
  assert.equal(randomHalves(1, { splits: 1, seed: 1 }).share, 0);
});
