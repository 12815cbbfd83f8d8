/** The training loop inside this process: what only a signal at an exact moment can show. */
import assert from "node:assert/strict";
import { embedSplit } from "../../src/analysis/embedded_split.ts";
import { join } from "../../src/files/paths.ts";
import type { EpochMetrics } from "../../src/training/metrics.ts";
import { defaultConfig, defaultSettings, type TrainConfig } from "../../src/model/config.ts";
import { type ModelFile, readModelFile } from "../../src/model/model_file.ts";
import { RunFolder } from "../../src/training/run_folder.ts";
import { runTraining, type TrainResult } from "../../src/training/run_training.ts";
import type { RunPlan } from "../../src/training/run_plan.ts";
import { Model } from "../../src/model/model.ts";
import { testModel } from "../../src/model/evaluate_model.ts";
import { fixtures } from "../helpers/temporary_set.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeValuedSet } from "../helpers/valued_set.ts";
import { type TinySetOptions, writeTinySet } from "../helpers/tiny_set.ts";

/** Four batches an epoch. */
function configOf(root: string, name: string): TrainConfig {
  return {
    ...defaultConfig,
    name,
    data: join(root, "set"),
    notions: ["colour", "shape"],
    imageSize: 16,
    batchSize: 8,
    trainTriplets: 32,
    epochs: 2,
    learningRate: 1e-3,
    variant: "learned",
  };
}

async function withSet(
  options: TinySetOptions,
  test: (root: string) => Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "set"), options);
  await test(folder.path);
}

type More = Partial<Omit<RunPlan, "config" | "folder">>;

async function begin(config: TrainConfig, path: string, more: More = {}): Promise<TrainResult> {
  using folder = await RunFolder.create(path);
  return await runTraining({ settings: defaultSettings, config, folder, ...more });
}

async function goOn(config: TrainConfig, path: string, from?: string): Promise<TrainResult> {
  const checkpoint = await readModelFile(join(from ?? path, "checkpoint"));
  using folder = await RunFolder.resume(path, checkpoint.info.state!, from);
  return await runTraining({ settings: defaultSettings, config, folder, checkpoint });
}

Deno.test("runTraining() that reads its losses several together, as on a GPU, computes the same", () =>
  withSet({}, async (root) => {
    const config = configOf(root, "r");
    const [one, three] = [join(root, "one"), join(root, "three")];
    await begin(config, one);
    const steps: number[] = [];
    await begin(config, three, {
      readEvery: 3,
      onEvent: (event) => event.type === "step" && steps.push(event.batch),
    });
    assert.deepEqual(steps, [1, 2, 3, 4, 1, 2, 3, 4]);
    assert.deepEqual(await rows(three), await rows(one));
    const [a, b] = await Promise.all(
      [one, three].map(async (path) => (await readModelFile(join(path, "model_best"))).tensors),
    );
    assert.deepEqual(b, a);
  }));

Deno.test("runTraining() stopped while losses wait to be read, as on a GPU, goes on to the same result", () =>
  withSet({}, async (root) => {
    const config = configOf(root, "r");
    const [one, three] = [join(root, "one"), join(root, "three")];
    await begin(config, one);
    const controller = new AbortController();
    const { finished } = await begin(config, three, {
      readEvery: 3,
      signal: controller.signal,
      // Three were read; a fourth is taken but not read when the epoch ends here.
      onEvent: (event) => event.type === "step" && event.batch === 3 && controller.abort(),
    });
    assert.equal(finished, false);
    await goOn(config, three);
    assert.deepEqual(await rows(three), await rows(one));
  }));

/** Metrics but for times. */
async function rows(path: string): Promise<Partial<EpochMetrics>[]> {
  const text = await Deno.readTextFile(join(path, "metrics.jsonl"));
  return text.trimEnd().split("\n").map((line) => {
    const { seconds: _seconds, tripletsPerSecond: _speed, ...row } = JSON.parse(line);
    return row;
  });
}

async function assertSameRun(path: string, reference: string): Promise<void> {
  for (const file of ["checkpoint", "model_best"]) {
    const [found, expected]: ModelFile[] = [
      await readModelFile(join(path, file)),
      await readModelFile(join(reference, file)),
    ];
    assert.deepEqual(found.tensors, expected.tensors, file);
    assert.equal(found.info.accuracy, expected.info.accuracy, file);
  }
  assert.deepEqual(await rows(path), await rows(reference));
}

Deno.test("runTraining() interrupted in the validation of an epoch goes on with the same weights and metrics", () =>
  // More distinct images than are embedded at a time, so that the signal meets a validation half done.
  withSet({ triplets: 640, copies: 40 }, async (root) => {
    const [straight, broken] = [join(root, "straight"), join(root, "broken")];
    const config = configOf(root, "run");
    assert.ok((await begin(config, straight)).finished);

    const controller = new AbortController();
    let epochs = 0;
    const { finished, state } = await begin(config, broken, {
      signal: controller.signal,
      listener: {
        progress: ({ what, done, total }) => {
          if (what !== "Embedding images") return;
          assert.ok(done < total!, "the validation would be over");
          controller.abort();
        },
      },
      onEvent: (event) => epochs += event.type === "epoch" ? 1 : 0,
    });
    assert.equal(finished, false);
    assert.deepEqual([state.epoch, state.sums.batches, epochs], [1, 4, 0]);
    await assert.rejects(rows(broken), Deno.errors.NotFound);

    assert.ok((await goOn(config, broken)).finished);
    await assertSameRun(broken, straight);
  }));

Deno.test("runTraining() from an older checkpoint cuts the metrics back and trains those epochs again", () =>
  withSet({ triplets: 16 }, async (root) => {
    const [path, older] = [join(root, "run"), join(root, "older")];
    const config = { ...configOf(root, "run"), epochs: 3 };
    await Deno.mkdir(older);
    let saves = 0;
    await begin(config, path, {
      onEvent: (event) => {
        if (event.type !== "saved" || ++saves > 1) return;
        Deno.copyFileSync(event.path, join(older, "checkpoint.safetensors"));
      },
    });
    const whole = await rows(path);
    const last = await readModelFile(join(path, "checkpoint"));
    assert.deepEqual(whole.map(({ epoch }) => epoch), [1, 2, 3]);

    await Deno.copyFile(
      join(older, "checkpoint.safetensors"),
      join(path, "checkpoint.safetensors"),
    );
    const state = (await readModelFile(join(path, "checkpoint"))).info.state!;
    assert.equal(state.epoch, 2);
    const kept: number[] = [];
    using folder = await RunFolder.resume(path, state);
    await runTraining({
      settings: defaultSettings,
      config,
      folder,
      checkpoint: await readModelFile(join(path, "checkpoint")),
      onEvent: (event) => {
        if (event.type === "start") kept.push(...event.history.map(({ epoch }) => epoch));
      },
    });
    assert.deepEqual(kept, [1]);
    assert.deepEqual(await rows(path), whole);
    assert.deepEqual((await readModelFile(join(path, "checkpoint"))).tensors, last.tensors);
    const csv = (await Deno.readTextFile(join(path, "metrics.csv"))).trimEnd().split("\n");
    const column = csv[0].split(",").indexOf("epoch");
    assert.deepEqual(csv.slice(1).map((line) => line.split(",")[column]), ["1", "2", "3"]);
  }));

Deno.test("RunFolder.resume() copies over another run only when told to, and not before training begins", () =>
  withSet({ triplets: 16 }, async (root) => {
    const [path, other] = [join(root, "run"), join(root, "other")];
    const config = { ...configOf(root, "run"), epochs: 1 };
    await begin(config, path);
    await Deno.mkdir(other);
    await Deno.writeTextFile(join(other, "visdom.jsonl"), "another run's\n");
    const checkpoint = await readModelFile(join(path, "checkpoint"));
    const state = checkpoint.info.state!;
    await assert.rejects(
      RunFolder.resume(other, state, path),
      /holds one already \(visdom\.jsonl\)/,
    );
    using folder = await RunFolder.resume(other, state, path, { overwrite: true });
    assert.equal(await Deno.readTextFile(join(other, "visdom.jsonl")), "another run's\n");
    await runTraining({
      settings: defaultSettings,
      config: { ...config, name: "other", epochs: 2 },
      folder,
      checkpoint,
    });
    await assert.rejects(Deno.stat(join(other, "visdom.jsonl")), Deno.errors.NotFound);
    assert.deepEqual((await rows(other)).slice(0, 1), await rows(path));
    assert.equal((await rows(other)).length, 2);
  }));

Deno.test("runTraining() refuses a small image alone in a batch before anything of an old run is touched", () =>
  withSet({ triplets: 16 }, async (root) => {
    const config = { ...configOf(root, "run"), batchSize: 31 };
    const path = join(root, "run");
    await Deno.mkdir(path);
    await Deno.writeTextFile(join(path, "metrics.jsonl"), "old\n");
    using folder = await RunFolder.create(path, { overwrite: true });
    await assert.rejects(
      runTraining({ settings: defaultSettings, config, folder }),
      { name: "UsageError", message: /32 triplets in batches of 31.*`batchSize` or `imageSize`/ },
    );
    assert.equal(await Deno.readTextFile(join(path, "metrics.jsonl")), "old\n");
  }));

Deno.test("runTraining() with dense batches gives the same run to the bit when it is repeated, and another one than without", () =>
  withSet({}, async (root) => {
    const config = { ...configOf(root, "run"), sampler: "dense-lists" as const };
    const paths = ["one", "two", "triplets"].map((name) => join(root, name));
    await begin(config, paths[0]);
    await begin(config, paths[1]);
    await begin({ ...config, sampler: "triplets" }, paths[2]);
    await assertSameRun(paths[1], paths[0]);
    const [dense, triplets] = [await rows(paths[0]), await rows(paths[2])];
    assert.ok(dense[0].train!.images < triplets[0].train!.images);
    assert.equal(triplets[0].train!.images, 3 * 32);
  }));

/** Three images in a batch: in many no two are alike by shape. */
function sparseConfig(root: string): TrainConfig {
  return {
    ...configOf(root, "run"),
    ...{ notions: ["shape"], sampler: "dense-values", batchSize: 1 },
  };
}

Deno.test("runTraining() passes over batches that hold no triplet, says once how many, and goes on behind them", async () => {
  await using folder = await TemporaryFolder.make();
  const root = folder.path;
  await writeValuedSet(join(root, "set"));
  const config = sparseConfig(root);
  const warnings: string[] = [];
  const controller = new AbortController();
  const { state } = await begin(config, join(root, "broken"), {
    signal: controller.signal,
    listener: { warning: (text) => warnings.push(text) },
    onEvent: (event) => {
      if (event.type === "step" && event.epoch === 2) controller.abort();
    },
  });
  const said = warnings.filter((text) => /were skipped/.test(text));
  assert.equal(said.length, 1);
  assert.match(said[0], /^[1-5] of the 6 batches of epoch 1 were skipped: no image/);
  assert.deepEqual([state.epoch, state.sums.batches, state.sums.cut], [2, 1, 6]);
  assert.ok((await goOn(config, join(root, "broken"))).finished);
  assert.ok((await begin(config, join(root, "straight"))).finished);
  await assertSameRun(join(root, "broken"), join(root, "straight"));
});

Deno.test("runTraining() stopped behind a batch that holds no triplet trains none twice when it goes on", async () => {
  await using folder = await TemporaryFolder.make();
  const root = folder.path;
  await writeValuedSet(join(root, "set"));
  const config = { ...sparseConfig(root), epochs: 1 };
  const controller = new AbortController();
  let steps = 0;
  const { state, finished } = await begin(config, join(root, "broken"), {
    signal: controller.signal,
    onEvent: (event) => {
      if (event.type === "step" && event.batch > ++steps) controller.abort();
    },
  });
  assert.equal(finished, false);
  assert.deepEqual([state.epoch, state.sums.batches], [1, steps]);
  assert.ok(state.sums.skipped! > 0);
  assert.ok((await goOn(config, join(root, "broken"))).finished);
  assert.ok((await begin(config, join(root, "straight"))).finished);
  await assertSameRun(join(root, "broken"), join(root, "straight"));
});

Deno.test("runTraining() ends where no batch of an epoch holds a triplet, and says what to do", async () => {
  await using folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeValuedSet(set);
  const file = join(set, "attributes.csv");
  const rows = (await Deno.readTextFile(file)).trimEnd().split("\n");
  // The shape of each image is its own.
  const alone = rows.map((row, at) => at === 0 ? row : row.replace(/,[^,]*/, `,s${at}`));
  await Deno.writeTextFile(file, alone.join("\n"));
  await assert.rejects(
    begin(sparseConfig(folder.path), join(folder.path, "run")),
    /Cannot form a triplet in any of the 6 batches: .*raise `batchSize`/,
  );
});

Deno.test("runTraining() gives a model the fit of its set, by which it is tested and embeds files", () =>
  withSet({}, async (root) => {
    const setFile = join(root, "set", "set.json");
    const description = JSON.parse(await Deno.readTextFile(setFile));
    const describe = (fit: string) =>
      Deno.writeTextFile(setFile, JSON.stringify({ ...description, fit }));
    // No square, or it would be the same in either way.
    const image = join(root, "set", "images", "7.png");
    await Deno.copyFile(join(fixtures, "shrunk.png"), image);
    await describe("pad:#204060");
    const config = { ...configOf(root, "padded"), epochs: 1 };
    const path = join(root, "padded");
    await begin(config, path);
    const file = await readModelFile(join(path, "model_best"));
    assert.equal(file.info.fit, "pad:#204060");

    // Whatever the set says now, the model sees images as it learned to.
    await describe("crop");
    const split = await embedSplit(file, { split: "train" });
    assert.match(split.packPath, /16-pad-204060\.pack$/);
    const tested = await testModel(file);
    await describe("pad:#204060");
    assert.equal((await testModel(file)).accuracy, tested.accuracy);
    using model = new Model(file);
    const embedded = (await model.embed([image])).at(0);
    const row = split.images.indexOf(7);
    const packed = split.vectors.subarray(row * split.dimension, (row + 1) * split.dimension);
    embedded.forEach((value, i) => assert.ok(Math.abs(value - packed[i]) < 1e-5));

    await describe("crop");
    await assert.rejects(goOn({ ...config, epochs: 2 }, path), {
      name: "CsnError",
      message:
        /^Cannot go on: the run began with images of the fit "pad:#204060", .* says "crop"; /,
    });
  }));
