/** Runs that several processes train together, by real ones. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { readSafetensors } from "../../src/tensor/safetensors.ts";
import { readMetrics } from "../../src/training/run_log.ts";
import type { NewRun, TrainOptions } from "../../src/training/train_options.ts";
import { type RankEnd, type Ranks, runRanks } from "../helpers/run_ranks.ts";
import type { SharedTraining } from "../helpers/shared_train_program.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** Two epochs of four batches, the last of which is smaller. */
function tiny(root: string, out = "run"): NewRun {
  return {
    data: join(root, "set"),
    out: join(root, out),
    imageSize: 16,
    batchSize: 12,
    trainTriplets: 44,
    epochs: 2,
    learningRate: 1e-3,
    dimension: 8,
    variant: "learned",
  };
}

async function withSet(test: (root: string) => Promise<void>): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "set"), { triplets: 24 });
  await test(folder.path);
}

function trainRanks(
  training: SharedTraining,
  more: Partial<Ranks> = {},
): Promise<RankEnd[]> {
  return runRanks({
    program: "shared_train_program.ts",
    args: [JSON.stringify(training)],
    world: 2,
    ...more,
  });
}

/** Trains to the end with so many processes; what each of them said last. */
async function trained(
  options: TrainOptions,
  world: number,
  more: Partial<Ranks> = {},
): Promise<Record<string, unknown>[]> {
  const ends = await trainRanks({ options }, { world, ...more });
  return ends.map(({ code, stdout, stderr }) => {
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout.trim().split("\n").at(-1)!);
  });
}

async function assertSameFiles(one: string, other: string): Promise<void> {
  for (const file of ["checkpoint.safetensors", "model_best.safetensors"]) {
    const [a, b] = [
      await readSafetensors(join(one, file)),
      await readSafetensors(join(other, file)),
    ];
    assert.deepEqual(a.tensors, b.tensors, file);
  }
  const rows = async (folder: string) =>
    (await readMetrics(folder)).map(({ seconds: _s, tripletsPerSecond: _t, ...row }) => row);
  assert.deepEqual(await rows(one), await rows(other));
}

Deno.test("train() of one process under a launcher is plain training, to the bit", () =>
  withSet(async (root) => {
    await trained(tiny(root, "launched"), 1);
    await trained(tiny(root, "plain"), 1, {
      env: () => ({ RANK: "", WORLD_SIZE: "", LOCAL_RANK: "", LOCAL_WORLD_SIZE: "" }),
    });
    await assertSameFiles(join(root, "launched"), join(root, "plain"));
    const [launched, plain] = await Promise.all(
      ["launched", "plain"].map(async (name) =>
        (await readModelFile(join(root, name, "checkpoint"))).info
      ),
    );
    assert.deepEqual(Object.keys(launched), Object.keys(plain));
    assert.equal(launched.world, undefined);
  }));

Deno.test("train() of two processes leaves both where rank 0 is, and resumes to the bit", () =>
  withSet(async (root) => {
    const [first, second] = await trained(tiny(root), 2);
    assert.deepEqual(first, second);
    const { info } = await readModelFile(join(root, "run", "checkpoint"));
    assert.equal(info.world, 2);
    assert.equal((await readMetrics(join(root, "run"))).length, 2);

    // Rank 1 is asked to stop in the middle of the first epoch.
    const ends = await trainRanks({ options: tiny(root, "broken") }, {
      watch: async ([rank0, rank1]) => {
        await rank0.said('{"step":2,"epoch":1}');
        rank1.child.kill("SIGUSR1");
      },
    });
    const last = ends.map(({ code, stdout, stderr }) => {
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout.trim().split("\n").at(-1)!);
    });
    assert.equal(last[0].finished, false);
    assert.deepEqual(last[0], last[1]);
    const { state } = (await readModelFile(join(root, "broken", "checkpoint"))).info;
    assert.deepEqual({ ...state!.sums, seconds: 0 }, { ...last[0].state.sums, seconds: 0 });
    await trained({ resume: join(root, "broken", "checkpoint") }, 2);
    await assertSameFiles(join(root, "run"), join(root, "broken"));
  }));
