/** The short form of the soak's training steps. */
import assert from "node:assert/strict";
import { stepsPart, wrongWith } from "../../../scripts/soak/steps_part.ts";
import { shortSoak } from "./short_soak.ts";

Deno.test("300 training steps hold as much as 100", async () => {
  await using soak = await shortSoak({ steps: 300 });
  const [{ count, findings }] = await stepsPart(soak);
  assert.deepEqual([count, findings], [300, []]);
});

Deno.test("stepsPart() stops when its time is over, after the first hundred, and says how far it came", async () => {
  await using soak = await shortSoak({ steps: 10_000 });
  const [{ count, asked, findings }] = await stepsPart({ ...soak, until: 0 });
  assert.deepEqual([count, asked, findings], [101, 10_000, []]);
});

Deno.test("wrongWith() finds one more tensor, a byte, and 6 % of memory", () => {
  const first = { step: 100, tensors: 10, bytes: 1000, memory: 1e8 };
  assert.equal(wrongWith(first, { ...first, step: 1000, memory: 1.04e8 }), null);
  for (const change of [{ tensors: 11 }, { bytes: 1001 }, { memory: 1.06e8 }]) {
    assert.match(wrongWith(first, { ...first, step: 1000, ...change })!, /after step 1000/);
  }
});
