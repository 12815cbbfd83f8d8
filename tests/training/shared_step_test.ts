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
  Deno.test(`${world} processes take the steps of PyTorch's DistributedDataParallel, by 1e-9`, async () => {
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
        compareKept(stateOf(found[k], rank), stateOf(step, rank), `${what}after, `, sizeOf);
      }
    }
  });
}

const statistics = /\.(running_mean|running_var)$/;

/** Running statistics are those of rank 0, also in DDP, which gives them to all at the next step. */
function stateOf({ after }: Step, rank: number): Record<string, Kept> {
  return Object.fromEntries(
    Object.entries(after).filter(([name]) => rank === 0 || !statistics.test(name)),
  );
}

/**
 * What the state after a step is held against: of weights the norm of a step of Adam, which is small
 * beside theirs and would be lost in it; of statistics, which a step replaces in part, about theirs.
 */
function sizeOf(name: string): number {
  const count = (shared.shapes as Record<string, number[]>)[name].reduce((all, n) => all * n, 1);
  if (name.endsWith("num_batches_tracked")) return 0;
  return (statistics.test(name) ? 1 : shared.learningRate) * Math.sqrt(count);
}

Deno.test("SharedStepper and evaluate() have all processes know and learn the same, and stop together", async () => {
  const ends = await runRanks({ program: "shared_stepper_program.ts", world: 2 });
  const [{ stopped, ...first }, { stopped: reason, ...second }] = ends.map(
    ({ code, stdout, stderr }) => {
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout);
    },
  );
  assert.deepEqual(first, second);
  assert.equal(first.evaluation.accuracy, first.again.accuracy);
  assert.equal(reason, "stop");
  assert.match(stopped, /^Cannot go on together: another process was stopped/);
  const { one, three, dense, notFinite } = first;
  assert.notEqual(one.before, one.after);
  assert.equal(one.after, three.after);
  assert.deepEqual(one.sums.map(({ triplets }: { triplets: number }) => triplets), [9, 8, 9, 8, 9]);
  assert.deepEqual(three.sums.map(({ correct }: { correct: number }) => correct), [
    ...one.sums.map(({ correct }: { correct: number }) => correct),
  ]);
  for (const [i, loss] of one.losses.entries()) {
    // In float32 with the gradients, in float64 without.
    assert.ok(Math.abs(Number(loss) - Number(three.losses[i])) < 1e-6, `${loss}`);
  }
  // Rank 1 alone wished to stop, at the last step.
  assert.deepEqual(one.wishes, { stop: true, save: false });
  assert.deepEqual(three.wishes, one.wishes);
  // A loss of rank 1 was not finite: no process updated, and all know.
  assert.equal(notFinite.after, notFinite.before);
  assert.ok(notFinite.losses.every((loss: string) => !Number.isFinite(Number(loss))));
  // A rank without a dense batch computes one triplet of the other's, which counts nothing.
  assert.equal(dense.batches, 1);
  const [own, none] = dense.parts;
  assert.deepEqual([own.triplets, own.share, dense.triplets], [12, 1, 12]);
  assert.deepEqual(none, { triplets: 1, embedded: 3, share: 0 });
});
