import assert from "node:assert/strict";
import { compared, inTurn, median, type Work } from "../../../scripts/bench/comparison.ts";

const work: Work = { item: "step", work: "training", against: "eager", unit: "triplets/s" };

Deno.test("median() takes the middle, or the mean of the two middle ones", () => {
  assert.equal(median([9, 1, 4]), 4);
  assert.equal(median([9, 1, 4, 6]), 5);
  assert.equal(median([7]), 7);
});

Deno.test("compared() takes ratios of pairs, not of medians", () => {
  const pairs = [[10, 5], [20, 20], [90, 30]].map(([csn, pytorch]) => ({ csn, pytorch }));
  assert.deepEqual(compared(work, pairs), {
    ...work,
    csn: 20,
    pytorch: 20,
    ratio: { median: 2, least: 1, most: 3 },
    repeats: 3,
  });
});

Deno.test("compared() calls a ratio above 1 what is faster or smaller, also where less is better", () => {
  for (const unit of ["s", "MB"] as const) {
    const { ratio } = compared({ ...work, unit }, [{ csn: 2, pytorch: 8 }, { csn: 4, pytorch: 2 }]);
    assert.deepEqual(ratio, { median: 2.25, least: 0.5, most: 4 });
  }
});

Deno.test("inTurn() alternates, and pairs each run with the run of csn just before", async () => {
  const order: string[] = [];
  let runs = 0;
  const side = (name: string) => () => {
    order.push(name);
    return Promise.resolve(runs++);
  };
  const pairs = await inTurn(2, side("csn"), [side("eager"), side("tuned")]);
  assert.equal(order.join(" "), "csn eager tuned csn eager tuned");
  assert.deepEqual(pairs, [
    [{ csn: 0, pytorch: 1 }, { csn: 3, pytorch: 4 }],
    [{ csn: 0, pytorch: 2 }, { csn: 3, pytorch: 5 }],
  ]);
});
