import assert from "node:assert/strict";
import { outcomesOf, right, tie, wrong } from "../../src/experiment/outcomes.ts";
import { flippedHalf, presented } from "../../src/experiment/flipped_triplets.ts";

Deno.test("outcomesOf() wants the near image nearer, wherever it is shown; equal distances are a tie", () => {
  const cases: [first: number, second: number, flipped: 0 | 1, outcome: number][] = [
    [2, 1, 0, right],
    [1, 2, 0, wrong],
    [1, 2, 1, right],
    [2, 1, 1, wrong],
    [1, 1, 0, tie],
    [1, 1, 1, tie],
    [NaN, 1, 0, wrong],
    [NaN, 1, 1, wrong],
  ];
  const outcomes = outcomesOf(
    Float32Array.from(cases, ([first]) => first),
    Float32Array.from(cases, ([, second]) => second),
    Uint8Array.from(cases, ([, , flipped]) => flipped),
  );
  assert.deepEqual([...outcomes], cases.map(([, , , outcome]) => outcome));
});

Deno.test("flippedHalf() is half of the triplets, others for another seed", () => {
  for (const n of [1, 2, 7, 1000]) {
    const sum = flippedHalf(n, 1).reduce((all, each) => all + each, 0);
    assert.equal(sum, Math.floor(n / 2));
  }
  assert.deepEqual(flippedHalf(1000, 1), flippedHalf(1000, 1));
  assert.notDeepEqual(flippedHalf(1000, 1), flippedHalf(1000, 2));
  // Not one block of them: both halves of the list have about as many.
  const inFirst = flippedHalf(1000, 1).subarray(0, 500).reduce((all, each) => all + each, 0);
  assert.ok(inFirst > 200 && inFirst < 300, `${inFirst}`);
});

Deno.test("presented() shows the near image first where it is flipped", () => {
  const shown = presented(Uint32Array.from([0, 1, 2, 3, 4, 5]), Uint8Array.from([0, 1]));
  assert.deepEqual([...shown], [0, 1, 2, 3, 5, 4]);
});
