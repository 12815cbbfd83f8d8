/** `deno task coverage` in short: some of its settings, in fewer worlds. */
import assert from "node:assert/strict";
import { measuresOf, ofRetrieval } from "../../scripts/coverage/measures.ts";
import { familyStudyOf, studyOf } from "../../scripts/coverage/study.ts";
import type { Plan } from "../../scripts/coverage/world.ts";

const plan: Plan = {
  ...{ name: "", images: 30, groupSize: 1, triplets: 200, error: 0.25, runs: 1 },
  effects: { images: 0.3 },
};

/** Of 200 intervals that hold the truth 95 of 100 times, 180 do but in one study of a thousand. */
const replicates = 200;
const least = 0.9;

const cases: readonly (readonly [name: string, plan: Plan, measured: "error" | "difference"])[] = [
  ["of few images", plan, "error"],
  ["near 100 %", { ...plan, error: 0.02 }, "error"],
  ["where nearly all are right", { ...plan, error: 0.001 }, "error"],
  [
    "of ten groups",
    { ...plan, images: 200, groupSize: 20, triplets: 500, effects: { images: 0.1, groups: 0.3 } },
    "error",
  ],
  [
    "of three runs",
    { ...plan, runs: 3, effects: { images: 0.3, runOnImages: 0.3, run: 0.02 } },
    "error",
  ],
  [
    "of two equal networks (A/A)",
    { ...plan, runs: 3, effects: { images: 0.3, runOnImages: 0.3, run: 0.02 } },
    "difference",
  ],
];

for (const [name, each, measured] of cases) {
  Deno.test(`intervals ${name} hold the truth`, () => {
    const { coverage } = studyOf(each, measured, replicates);
    assert.ok(coverage >= least, `${coverage}`);
  });
}

Deno.test("studyOf() finds intervals too short that take images of one group for independent", () => {
  const grouped: Plan = {
    ...{ ...plan, images: 200, groupSize: 20, triplets: 500 },
    effects: { images: 0.1, groups: 0.5 },
  };
  const { coverage } = studyOf(grouped, "error", 100, { units: "images" });
  assert.ok(coverage < 0.7, `${coverage}`);
});

Deno.test("tables of equal networks claim a difference by single intervals, and seldom by those at once", () => {
  const small: Plan = {
    ...{ ...plan, images: 60, triplets: 100, runs: 3 },
    effects: { images: 0.3, runOnImages: 0.3, run: 0.01 },
  };
  const { single, atOnce, differences } = familyStudyOf(small, {
    ...{ networks: 3, notions: 3, replicates: 60 },
  });
  assert.equal(differences, 12);
  assert.ok(atOnce >= 0.88, `${atOnce}`);
  assert.ok(single < atOnce, `${single}, ${atOnce}`);
});

Deno.test("intervals of retrieval hold the mean, and are no longer than they need to be", () => {
  const places = { images: 45, groupSize: 1, kinds: 3, signal: 0.3 };
  const found = measuresOf(places, ofRetrieval(places), replicates);
  for (const { measure, coverage, length } of found) {
    assert.ok(coverage >= least, `${measure}: ${coverage}`);
    // R@10 is nearly 1 here. What the others scatter by in 200 worlds is known to 5 %.
    if (measure !== "R@10") assert.ok(length > 0.9 && length < 1.3, `${measure}: ${length}`);
  }
});
