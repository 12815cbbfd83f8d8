/** Runs that several processes train together, by real ones. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { sha256 } from "../../src/files/sha256.ts";
import { readModelFile, writeModelFile } from "../../src/model/model_file.ts";
import { readSafetensors } from "../../src/tensor/safetensors.ts";
import { readMetrics } from "../../src/training/run_log.ts";
import { train } from "../../src/training/train.ts";
import type { NewRun, TrainOptions } from "../../src/training/train_options.ts";
import { type RankEnd, type Ranks, runRanks } from "../helpers/run_ranks.ts";
import type { SharedTraining } from "../helpers/shared_train_program.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";
import { writeValuedSet } from "../helpers/valued_set.ts";

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

/** A locked file, at which rank 0 can be held in the middle of an epoch. */
function locked(root: string): Disposable & { readonly path: string; free(): void } {
  const path = join(root, "hold");
  const file = Deno.openSync(path, { write: true, create: true });
  file.lockSync(true);
  return { path, free: () => file.unlockSync(), [Symbol.dispose]: () => file.close() };
}

/** The lines of a process that ended well, but for its steps. */
function linesOf({ code, stdout, stderr }: RankEnd): Record<string, unknown>[] {
  assert.equal(code, 0, stderr);
  return stdout.trim().split("\n").map((line) => JSON.parse(line))
    .filter(({ step, saved, stopping }) => (step ?? saved ?? stopping) === undefined);
}

/** Trains to the end with so many processes; what each of them said last. */
async function trained(
  options: TrainOptions,
  world: number,
  more: Partial<Ranks> = {},
): Promise<Record<string, unknown>[]> {
  const ends = await trainRanks({ runs: [options] }, { world, ...more });
  return ends.map((end) => linesOf(end).at(-1)!);
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
    using lock = locked(root);
    const hold = { epoch: 1, step: 1, lock: lock.path };
    const ends = await trainRanks({ runs: [tiny(root, "broken")], hold }, {
      watch: async ([rank0, rank1]) => {
        await rank0.said('{"step":1,"epoch":1}');
        rank1.child.kill("SIGUSR1");
        await rank1.said("stopping");
        lock.free();
      },
    });
    const last = ends.map((end) => linesOf(end).at(-1)!);
    assert.equal(last[0].finished, false);
    assert.deepEqual(last[0], last[1]);
    const checkpoint = join(root, "broken", "checkpoint");
    const { state } = (await readModelFile(checkpoint)).info;
    const { seconds: _seconds, ...sums } = state!.sums;
    assert.deepEqual({ ...state, sums }, last[0].state);
    assert.ok(sums.batches > 0 && sums.batches < 4);

    // One process goes on in a copy, two where it was.
    const [[warned]] = (await trainRanks({
      runs: [{ resume: checkpoint, out: join(root, "copy") }],
    }, { world: 1 })).map(linesOf);
    assert.deepEqual(warned, {
      warning: "the run had 2 processes, now it has 1: results are bit-equal only with 2 processes",
    });
    await trained({ resume: checkpoint }, 2);
    await assertSameFiles(join(root, "run"), join(root, "broken"));
  }));

Deno.test("train() says what another number of processes does to an epoch of packed batches", () =>
  withSet(async (root) => {
    const stop = new AbortController();
    const { folder } = await train({
      ...tiny(root),
      sampler: "dense-lists",
      signal: stop.signal,
      onEvent: ({ type }) => type === "step" && stop.abort(),
    });
    const checkpoint = join(folder, "checkpoint");
    const { info, tensors, path } = await readModelFile(checkpoint);
    await writeModelFile(path, { info: { ...info, world: 2 }, tensors });
    const warnings: string[] = [];
    const listener = { warning: (text: string) => warnings.push(text) };
    await train({ resume: checkpoint, listener });
    assert.deepEqual(warnings, [
      "the run had 2 processes, now it has 1: results are bit-equal only with 2 processes; the rest of epoch 1 is packed anew, so some of its triplets come twice and others not",
    ]);
  }));

Deno.test("train() has processes with other settings or data end with an error that names rank and what", () =>
  withSet(async (root) => {
    const settings = await trainRanks({
      runs: [tiny(root)],
      of: { 1: { learningRate: 1e-2, seed: 2 } },
    });
    for (const { code, stderr } of settings) {
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^Cannot train together: rank 1 differs from rank 0 in `learningRate` \(0.01, not 0.001\), `seed` \(2, not 1\), the triplets \(.*\); give all processes the same options/,
      );
    }
    await writeTinySet(join(root, "other"), { triplets: 24 });
    const picture = join(root, "other", "images", "3.png");
    await Deno.copyFile(join(root, "other", "images", "4.png"), picture);
    const data = await trainRanks({
      runs: [tiny(root)],
      of: { 1: { data: join(root, "other") } as Partial<TrainOptions> },
    });
    for (const { code, stderr } of data) {
      assert.equal(code, 1);
      assert.match(stderr, /rank 1 differs from rank 0 in the images' files \(SHA-256 .*\);/);
    }
    const [valued, more] = [join(root, "valued"), join(root, "more")];
    for (const folder of [valued, more]) await writeValuedSet(folder);
    await Deno.writeTextFile(join(more, "filenames.json"), "36.png\n", { append: true });
    await Deno.copyFile(join(more, "images", "1.png"), join(more, "images", "36.png"));
    await Deno.writeTextFile(join(more, "attributes.csv"), "36.png,0,1,m,x,train\n", {
      append: true,
    });
    const images = await trainRanks({
      runs: [{ ...tiny(root), data: valued, sampler: "dense-values" }],
      of: { 1: { data: more } as Partial<TrainOptions> },
    });
    for (const { code, stderr } of images) {
      assert.equal(code, 1);
      assert.match(
        stderr,
        /the number of images \(37, not 36\), .*the images that triplets are formed of \(SHA-256/,
      );
    }
    const missing = await trainRanks({
      runs: [tiny(root)],
      of: { 1: { data: join(root, "nowhere") } as Partial<TrainOptions> },
    });
    assert.match(missing[0].stderr, /^Rank 1 could not go on: Cannot open the image set .*nowhere/);
    assert.match(missing[1].stderr, /^Cannot open the image set .*nowhere/);
    // Nothing was begun: the folder was made and is gone again.
    await assert.rejects(Deno.stat(join(root, "run")), Deno.errors.NotFound);
  }));

Deno.test("train() of three processes trains on all triplets by every sampler, specialists and bf16", () =>
  withSet(async (root) => {
    const valued = join(root, "valued");
    await writeValuedSet(valued);
    const short = (out: string) => ({ ...tiny(root, out), epochs: 1 });
    const runs: NewRun[] = [
      { ...short("lists"), sampler: "dense-lists" },
      { ...short("specialists"), variant: "specialists", batchSize: 11 },
      { ...short("bf16"), precision: "bf16" },
      { ...short("values"), data: valued, sampler: "dense-values", batchSize: 8 },
    ];
    const ends = await trainRanks({ runs }, { world: 3 });
    const said = ends.map((end) => linesOf(end).filter((line) => "finished" in line));
    assert.equal(said[0].length, runs.length);
    assert.deepEqual(said[0], said[1]);
    assert.deepEqual(said[0], said[2]);
    for (const { out } of runs) {
      const rows = await readMetrics(out);
      assert.equal(rows.length, 1);
      for (const { train } of rows) {
        const triplets = train.notions.reduce((sum, each) => sum + each.triplets, 0);
        if (out.endsWith("values")) assert.ok(triplets > 0);
        else assert.equal(triplets, 44, out);
        assert.ok(Number.isFinite(train.loss));
      }
    }
  }));

Deno.test("train() refuses batches of which a process would embed a single small image", () =>
  withSet(async (root) => {
    const ends = await trainRanks({ runs: [{ ...tiny(root), batchSize: 3 }] });
    for (const { code, stderr } of ends) {
      assert.equal(code, 1);
      assert.match(stderr, /one of 2 processes would have a single one of a batch/);
    }
  }));

Deno.test("train() that diverges ends all processes with one error", () =>
  withSet(async (root) => {
    const options = { ...tiny(root), epochs: 1, learningRate: 1e28, embedLoss: 1e10 };
    const ends = await trainRanks({ runs: [{ ...options, saveEveryMinutes: 0 }] });
    assert.deepEqual(ends.map(({ code }) => code), [1, 1]);
    assert.equal(ends[0].stderr, ends[1].stderr);
    assert.match(ends[0].stderr, /^Training stopped in epoch 1, batch \d: /);
  }));

Deno.test("train() that a launcher has started again goes on from what the processes before saved", () =>
  withSet(async (root) => {
    await trained(tiny(root, "straight"), 2);
    const often = { ...tiny(root), saveEveryMinutes: 0 };
    using lock = locked(root);
    const hold = { epoch: 2, step: 2, lock: lock.path };
    const killed = await trainRanks({ runs: [often], hold }, {
      watch: async (running) => {
        await running[0].said('{"step":2,"epoch":2}');
        for (const { child } of running) child.kill("SIGKILL");
      },
    });
    assert.deepEqual(killed.map(({ code }) => code), [137, 137]);
    const again = await trainRanks({ runs: [often], round: 1 });
    const lines = again.map(linesOf);
    assert.match(
      String(lines[0][0].notice),
      /^the processes were started again: going on from .*run/,
    );
    assert.deepEqual(lines[0].at(-1), lines[1].at(-1));
    await assertSameFiles(join(root, "run"), join(root, "straight"));

    // It has ended; another job's run is not gone on with, nor replaced.
    const checkpoint = await Deno.readFile(join(root, "run", "checkpoint.safetensors"));
    for (const end of await trainRanks({ runs: [{ ...often, epochs: 3 }], round: 1 })) {
      assert.equal(end.code, 1);
      assert.match(end.stderr, /Cannot start a run in .*: it holds one already/);
    }
    assert.deepEqual(
      await Deno.readFile(join(root, "run", "checkpoint.safetensors")),
      checkpoint,
    );
  }));

/** All files of a run, and when they were written. */
async function filesOf(run: string): Promise<Map<string, [string, number]>> {
  const files = new Map<string, [string, number]>();
  for await (const { name } of Deno.readDir(run)) {
    const path = join(run, name);
    files.set(name, [sha256(await Deno.readFile(path)), (await Deno.stat(path)).mtime!.getTime()]);
  }
  return files;
}

Deno.test("train() that a launcher starts again after its last epoch ends well and changes nothing", () =>
  withSet(async (root) => {
    const asked: NewRun = { ...tiny(root), epochs: 1, overwrite: true };
    const resume = join(root, "run", "checkpoint");
    await trained(asked, 2);
    const before = await filesOf(join(root, "run"));
    // The processes were killed before they could say that they had ended.
    const begun = JSON.stringify({ round: 0 });
    for (
      const [options, mark] of [[asked, null], [{ resume }, null], [asked, begun]] as const
    ) {
      if (mark !== null) await Deno.writeTextFile(join(root, "run", "restart.json"), mark);
      const [first, second] = (await trainRanks({ runs: [options], round: 1 })).map(linesOf);
      assert.match(
        String(first[0].notice),
        /^the processes were started again, but all epochs of the run in .*run were done: nothing is left to train, and nothing is changed$/,
      );
      assert.equal(first[1].finished, true);
      assert.deepEqual(second, first.slice(1));
    }
    const after = await filesOf(join(root, "run"));
    assert.equal(await Deno.readTextFile(join(root, "run", "restart.json")), begun);
    for (const files of [before, after]) files.delete("restart.json");
    assert.deepEqual(after, before);
  }));
