/** Processes that train together, of which one is killed. */
import assert from "node:assert/strict";
import { randomBelow } from "../../src/base/random.ts";
import { join } from "../../src/files/paths.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { runRanks } from "../helpers/run_ranks.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** How often one is killed in all. */
const kills = 20;

/**
 * How many processes each of the runs has that this is done to at once: the others of a run wait for
 * seconds until they are sure who is gone.
 */
const worlds = [3, 2, 3, 2];

/** Different in each run of the tests; a failure names it. */
const seed = Date.now() % 2 ** 31;

Deno.test("train() ends on all ranks when one is killed, names it, and leaves a checkpoint to go on from", async () => {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeTinySet(data, { triplets: 24 });
  await Promise.all(worlds.map(async (world, run) => {
    const out = join(folder.path, `run${run}`);
    for (let kill = run; kill < kills; kill += worlds.length) {
      const begun = kill === run ? { data, out } : { resume: join(out, "checkpoint") };
      await killOne(kill, world, out, begun);
    }
  }));
});

/** Eight batches an epoch, for as long as nobody is killed. */
const tiny = {
  ...{ imageSize: 16, batchSize: 6, trainTriplets: 48, dimension: 8 },
  ...{ epochs: 1000, saveEveryMinutes: 0 },
};

/** Kills a rank after some steps of a new run, or of one that goes on in its folder. */
async function killOne(
  kill: number,
  world: number,
  out: string,
  begun: { readonly data: string; readonly out: string } | { readonly resume: string },
): Promise<void> {
  const rank = Math.floor(kill / worlds.length) % world;
  const step = 2 + randomBelow(seed, 1, kill, 6);
  const what = `seed ${seed}, kill ${kill}: rank ${rank} after step ${step}`;
  const ends = await runRanks({
    program: "shared_train_program.ts",
    args: [JSON.stringify({ runs: [{ ...tiny, ...begun }] })],
    world,
    watch: async (running) => {
      await running[0].saidTimes('"step":', step);
      running[rank].child.kill("SIGKILL");
    },
  });
  for (const [other, { code, stderr }] of ends.entries()) {
    assert.equal(code, other === rank ? 137 : 1, `${what}; rank ${other}: ${stderr}`);
    if (other === rank) continue;
    assert.match(
      stderr,
      new RegExp(`^Cannot compute together: rank ${rank} of ${world} ended or hangs`),
      `${what}; rank ${other}`,
    );
  }
  const { info } = await readModelFile(join(out, "checkpoint"));
  assert.ok(info.state!.steps > 0, what);
}
