/** `train` in several real processes, from its start to every way out. */
import assert from "node:assert/strict";
import { exists } from "../../../src/files/exists.ts";
import { join } from "../../../src/files/paths.ts";
import { readModelFile } from "../../../src/model/model_file.ts";
import { readMetrics } from "../../../src/training/run_log.ts";
import { ranksOf } from "../../helpers/ranks_of.ts";
import { CliProcess, type CliResult } from "../../helpers/run_cli.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";
import { writeTinySet } from "../../helpers/tiny_set.ts";
import { freePort } from "../../helpers/free_port.ts";
import { gone, isAlive } from "../../helpers/process_ends.ts";

/** A set, and where runs and temporary files go. */
class Case implements AsyncDisposable {
  readonly #folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
  }

  static async make(): Promise<Case> {
    const folder = await TemporaryFolder.make();
    await writeTinySet(join(folder.path, "my set"));
    await Deno.mkdir(join(folder.path, "tmp"));
    return new Case(folder);
  }

  /** Starts a training of so many epochs; its run's folder and the set's have blanks in their names. */
  start(epochs: number, more: readonly string[], env: Record<string, string> = {}): CliProcess {
    return new CliProcess([
      ...["train", "--data", join(this.#folder.path, "my set"), "--name", "our run"],
      ...["--runs", join(this.#folder.path, "runs"), "--image-size", "16", "--batch-size", "16"],
      ...["--epochs", String(epochs), "--log-interval", "1", "--threads", "1", ...more],
    ], { env: { TMPDIR: join(this.#folder.path, "tmp"), ...env } });
  }

  get run(): string {
    return join(this.#folder.path, "runs", "our run");
  }

  /** Whether the run can go on: its last checkpoint is whole, and nobody holds its folder. */
  async assertWhole(): Promise<void> {
    const { info } = await readModelFile(join(this.run, "checkpoint"));
    assert.ok(info.state !== undefined);
    assert.equal(await exists(join(this.run, "lock")), false, "the run's folder is held");
  }

  /** Temporary files that are still there. */
  left(): string[] {
    return [...Deno.readDirSync(join(this.#folder.path, "tmp"))].map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}

const two = ["--processes", "2"];

Deno.test("train --processes 2 is one run, which rank 0 alone shows and writes", async () => {
  await using set = await Case.make();
  const { code, stdout, stderr } = await set.start(2, two).ended();
  assert.equal(code, 0, stderr);
  assert.equal(stdout.match(/^Run our run: 2 epochs/gm)?.length, 1, stdout);
  assert.equal(stdout.match(/^Epoch \d: learning rate/gm)?.length, 2, stdout);
  assert.equal(stdout.match(/^Finished\. /gm)?.length, 1, stdout);
  assert.doesNotMatch(stderr, /rank \d/);
  assert.deepEqual((await readMetrics(set.run)).map(({ epoch }) => epoch), [1, 2]);
  await set.assertWhole();
  assert.deepEqual(set.left(), []);
  // What rank 0 alone finds wrong is said once.
  const again = await set.start(2, two).ended();
  assert.equal(again.code, 1);
  assert.match(again.stderr, /^rank 0: error: Cannot start a run in .*: it holds one already/m);
  assert.equal(again.stderr.match(/it holds one already/g)?.length, 1, again.stderr);
});

Deno.test("train --processes 2 --json prints each event of the run once", async () => {
  await using set = await Case.make();
  const { code, stdout, stderr } = await set.start(1, [...two, "--json"]).ended();
  assert.equal(code, 0, stderr);
  const types = stdout.trim().split("\n").map((line) => JSON.parse(line).type as string);
  for (const once of ["start", "epoch", "end"]) {
    assert.equal(types.filter((type) => type === once).length, 1, stdout);
  }
  // 64 triplets of each of two notions, in batches of 16.
  assert.equal(types.filter((type) => type === "step").length, 8);
});

Deno.test("train --processes 2 saves and ends with 130 at Ctrl-C, and goes on from there", async () => {
  await using set = await Case.make();
  const training = set.start(100, two);
  await training.printed(/Train Epoch/);
  const ranks = await ranksOf(training);
  assert.equal(ranks.length, 2);
  training.kill("SIGINT");
  const { code, stdout, stderr } = await training.ended();
  assert.equal(code, 130, stderr);
  assert.equal(stdout.match(/^Stopped and saved\./gm)?.length, 1, stdout);
  assert.deepEqual(ranks.map(isAlive), [false, false]);
  assert.deepEqual(set.left(), []);
  await set.assertWhole();
  const { state } = (await readModelFile(join(set.run, "checkpoint"))).info;
  const more = [...two, "--resume", join(set.run, "checkpoint")];
  const resumed = await set.start(state!.epoch, more).ended();
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stdout, /^Going on in epoch/m);
});

Deno.test("train saves and ends at a signal that one rank alone gets", async () => {
  await using set = await Case.make();
  const training = set.start(100, two);
  await training.printed(/Train Epoch/);
  const [, second] = await ranksOf(training);
  Deno.kill(second, "SIGTERM");
  const { code, stdout, stderr } = await training.ended();
  assert.equal(code, 143, stderr);
  assert.match(stdout, /^Stopped and saved\./m);
  await set.assertWhole();
});

for (const rank of [0, 1]) {
  Deno.test(`train ends on all ranks when rank ${rank} is killed, and says so`, async () => {
    await using set = await Case.make();
    const training = set.start(1000, [...two, "--save-every", "0"]);
    await training.printed(/Train Epoch/, 3);
    const ranks = await ranksOf(training);
    Deno.kill(ranks[rank], "SIGKILL");
    const { code, stderr } = await training.ended();
    assert.equal(code, 1, stderr);
    assert.match(stderr, new RegExp(`^error: rank ${rank} was ended by SIGKILL`, "m"));
    assert.match(stderr, new RegExp(`^rank ${1 - rank}: error: Cannot compute together: `, "m"));
    assert.deepEqual(ranks.map(isAlive), [false, false]);
    assert.deepEqual(set.left(), []);
    if (rank === 1) await set.assertWhole();
    else await readModelFile(join(set.run, "checkpoint"));
  });
}

Deno.test("train ends when a rank hangs, at the time limit, and names it", async () => {
  await using set = await Case.make();
  const port = freePort();
  const [first, second] = [0, 1].map((rank) =>
    set.start(1000, ["--timeout", "2"], {
      ...{ RANK: String(rank), WORLD_SIZE: "2", LOCAL_RANK: String(rank), LOCAL_WORLD_SIZE: "2" },
      ...{ MASTER_ADDR: "127.0.0.1", MASTER_PORT: String(port) },
    })
  );
  await first.printed(/Train Epoch/);
  second.kill("SIGSTOP");
  const { code, stderr } = await first.ended();
  // Which launchers do: supervise() is tested for it.
  second.kill("SIGKILL");
  await second.ended();
  assert.equal(code, 1, stderr);
  assert.match(stderr, /^rank 0: error: Cannot compute together: rank 1 of 2 ended or hangs/m);
});

Deno.test("train that torchrun starts again after its last epoch ends well, says so and changes nothing", async () => {
  await using set = await Case.make();
  const started = (restarts: number) =>
    set.start(1, ["--overwrite"], {
      ...{ RANK: "0", WORLD_SIZE: "1", LOCAL_RANK: "0", LOCAL_WORLD_SIZE: "1" },
      ...{ MASTER_ADDR: "127.0.0.1", MASTER_PORT: String(freePort()) },
      TORCHELASTIC_RESTART_COUNT: String(restarts),
    }).ended();
  assert.equal((await started(0)).code, 0);
  const written = async () => (await Deno.stat(join(set.run, "checkpoint.safetensors"))).mtime;
  const before = await written();
  const { code, stdout, stderr } = await started(1);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, /were started again, but all epochs of the run in .*: nothing is left to/);
  assert.deepEqual(await written(), before);
});

Deno.test("train that was stopped goes on where a launcher starts it again, as of a job put back into the queue", async () => {
  await using set = await Case.make();
  const started = (restarts: number) =>
    set.start(1000, ["--overwrite", "--distributed"], {
      ...{ SLURM_PROCID: "0", SLURM_LOCALID: "0", SLURM_NTASKS: "1", SLURM_TASKS_PER_NODE: "1" },
      ...{ SLURM_STEP_NODELIST: "127.0.0.1", SLURM_JOB_ID: "4321" },
      ...{ MASTER_PORT: String(freePort()), SLURM_RESTART_COUNT: String(restarts) },
    });
  const stopped = async (restarts: number) => {
    const training = started(restarts);
    await training.printed(/Train Epoch/, 10);
    training.kill("SIGTERM");
    const { code, stdout, stderr } = await training.ended();
    assert.equal(code, 143, stderr);
    const { state } = (await readModelFile(join(set.run, "checkpoint"))).info;
    return { stdout, steps: state!.steps };
  };
  const before = await stopped(0);
  const { stdout, steps } = await stopped(1);
  assert.match(stdout, /^Going on in epoch/m);
  assert.ok(steps >= before.steps + 10);
  // Another job replaces it, as it was asked to.
  assert.doesNotMatch((await stopped(0)).stdout, /^Going on/m);
});

Deno.test("train leaves no process when the one that started all is killed, and saves", async () => {
  await using set = await Case.make();
  const training = set.start(1000, two);
  await training.printed(/Train Epoch/);
  const ranks = await ranksOf(training);
  training.kill("SIGKILL");
  await gone(ranks);
  assert.deepEqual(set.left(), []);
  await set.assertWhole();
});

Deno.test("train --distributed joins what srun has started, by Slurm's variables", async () => {
  await using set = await Case.make();
  const port = freePort();
  const task = (rank: number) =>
    set.start(1, ["--distributed"], {
      ...{ SLURM_PROCID: String(rank), SLURM_LOCALID: String(rank), SLURM_NTASKS: "2" },
      ...{ SLURM_TASKS_PER_NODE: "2", SLURM_STEP_NODELIST: "127.0.0.1", SLURM_JOB_ID: "4321" },
      MASTER_PORT: String(port),
    }).ended();
  const ends: CliResult[] = await Promise.all([task(0), task(1)]);
  for (const { code, stderr } of ends) assert.equal(code, 0, stderr);
  assert.match(ends[0].stdout, /^Finished\. /m);
  assert.equal(ends[1].stdout, "");
});
