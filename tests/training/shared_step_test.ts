/** A step that several processes take together, by real ones. */
import assert from "node:assert/strict";
import shared from "../fixtures/parity/shared.json" with { type: "json" };
import { compareKept, type Kept } from "../helpers/parity_fixture.ts";
import { runRanks } from "../helpers/run_ranks.ts";

interface Step {
  readonly loss: number;
  readonly gradients: Record<string, Kept>;
  readonly after: Record<string, Kept>;
}

for (const world of [2, 4] as const) {
  Deno.test(`${world} processes take the steps of PyTorch's DistributedDataParallel`, async () => {
    const ends = await runRanks({ program: "shared_step_program.ts", world });
    const expected = shared[`world${world}`] as unknown as Step[];
    for (const [rank, { code, stdout, stderr }] of ends.entries()) {
      assert.equal(code, 0, stderr);
      const found: Step[] = JSON.parse(stdout);
      for (const [k, step] of expected.entries()) {
        const what = `rank ${rank}, step ${k}, `;
        const error = Math.abs(found[k].loss - step.loss) / step.loss;
        assert.ok(error <= 1e-9, `${what}loss: ${found[k].loss}, PyTorch ${step.loss}`);
        compareKept(found[k].gradients, step.gradients, `${what}gradient of `);
        compareKept(learned(found[k].after, rank), learned(step.after, rank), `${what}after, `);
      }
    }
  });
}

/** Running statistics are those of rank 0, also in DDP, which gives them to all at the next step. */
function learned(tensors: Record<string, Kept>, rank: number): Record<string, Kept> {
  const statistics = /\.(running_mean|running_var)$/;
  return Object.fromEntries(
    Object.entries(tensors).filter(([name]) => rank === 0 || !statistics.test(name)),
  );
}
