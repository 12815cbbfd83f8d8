/** The short way to train: the run's folder, configuration and notions are its own business. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { defaultConfig, defaultSettings } from "../../src/model/config.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { train } from "../../src/training/train.ts";
import type { TrainEvent } from "../../src/training/train_event.ts";
import type { NewRun, TrainOptions } from "../../src/training/train_options.ts";
import { runCli } from "../helpers/run_cli.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** Two epochs of two batches. */
function tiny(root: string, out = "run"): NewRun {
  return {
    data: join(root, "set"),
    out: join(root, out),
    imageSize: 16,
    batchSize: 8,
    trainTriplets: 16,
    epochs: 2,
    learningRate: 1e-3,
    dimension: 8,
  };
}

async function withSet(test: (root: string) => Promise<void>): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "set"), { triplets: 16 });
  await test(folder.path);
}

async function storedConfig(folder: string): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(join(folder, "config.json")));
}

Deno.test("train() needs a set and a folder: the rest is as the command has it, to the bit", () =>
  withSet(async (root) => {
    const asked = { ...tiny(root), variant: "learned" as const };
    const { finished, folder, state } = await train(asked);
    assert.deepEqual([finished, folder, state.epoch], [true, join(root, "run"), 3]);
    const { code, stderr } = await runCli([
      ...["train", "--data", join(root, "set"), "--runs", root, "--name", "command", "--learned"],
      ...["--image-size", "16", "--batch-size", "8", "--num-traintriplets", "16", "--epochs", "2"],
      ...["--lr", "1e-3", "--dim-embed", "8", "--threads", String(await threadsOf(folder))],
    ]);
    assert.equal(code, 0, stderr);
    const [library, command] = [
      await storedConfig(folder),
      await storedConfig(join(root, "command")),
    ];
    assert.deepEqual({ ...library, name: "command" }, command);
    const [ours, theirs] = await Promise.all(
      [folder, join(root, "command")].map((run) => readModelFile(join(run, "checkpoint"))),
    );
    assert.deepEqual(ours.tensors, theirs.tensors);
  }));

async function threadsOf(folder: string): Promise<unknown> {
  return (await storedConfig(folder)).threads;
}

Deno.test("train() takes the defaults of defaultConfig and defaultSettings, and all notions of the set", () =>
  withSet(async (root) => {
    const { data, out, imageSize, epochs } = tiny(root);
    // No step is taken: the run stops as soon as it begins.
    const controller = new AbortController();
    let begun: TrainEvent & { type: "start" } | undefined;
    await train({
      ...{ data, out, imageSize, epochs },
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type !== "start") return;
        begun = event;
        controller.abort();
      },
    });
    assert.deepEqual(begun!.config, {
      ...defaultConfig,
      ...{ data, imageSize, epochs, name: "run", notions: ["colour", "shape"] },
    });
    assert.deepEqual(begun!.settings, defaultSettings);
  }));

Deno.test("train() goes on from a checkpoint with nothing else said, as if it had not stopped", () =>
  withSet(async (root) => {
    await train(tiny(root, "straight"));
    const controller = new AbortController();
    const { finished, folder } = await train({
      ...tiny(root, "broken"),
      saveEveryMinutes: 3,
      signal: controller.signal,
      onEvent: (event) => event.type === "step" && controller.abort(),
    });
    assert.equal(finished, false);
    const resume = join(folder, "checkpoint");
    const events: TrainEvent["type"][] = [];
    const went = await train({ resume, onEvent: ({ type }) => events.push(type) });
    assert.deepEqual([went.finished, went.folder], [true, folder]);
    assert.deepEqual([events[0], events.at(-1)], ["start", "end"]);
    const [broken, straight] = await Promise.all(
      ["broken", "straight"].map((run) => readModelFile(join(root, run, "checkpoint"))),
    );
    assert.deepEqual(broken.tensors, straight.tensors);
    assert.equal(broken.info.settings!.saveEveryMinutes, 3);
    assert.equal(broken.info.config.name, "broken");
  }));

Deno.test("train() goes on in a copy when `out` is another folder, and the run stays as it is", () =>
  withSet(async (root) => {
    const { folder } = await train(tiny(root));
    const before = await Deno.readFile(join(folder, "checkpoint.safetensors"));
    const copy = join(root, "copy");
    const resume = await readModelFile(join(folder, "checkpoint"));
    const went = await train({ resume, out: copy, epochs: 3 });
    assert.deepEqual([went.finished, went.folder, went.state.epoch], [true, copy, 4]);
    assert.deepEqual(await Deno.readFile(join(folder, "checkpoint.safetensors")), before);
    assert.equal((await readModelFile(join(copy, "checkpoint"))).info.config.name, "copy");
  }));

Deno.test("train() refuses to go on with other settings, a model, or past the last epoch, and says what would be right", () =>
  withSet(async (root) => {
    const { folder } = await train(tiny(root));
    const resume = join(folder, "checkpoint");
    await assert.rejects(
      train({ resume, batchSize: 4, variant: "learned", sampler: "dense", data: join(root, "no") }),
      {
        name: "UsageError",
        message: new RegExp(
          "with other settings: `batchSize` is 8 there, not 4; `variant` is fixed there, not learned; " +
            "`data` is .*set there, not .*no; `sampler` is triplets there, not dense; leave these out",
        ),
      },
    );
    await assert.rejects(
      train({ resume: join(folder, "model_best") }),
      /a model without its optimiser; pass `resume: ".*checkpoint"`, test it with `testModel\(\)`/,
    );
    await assert.rejects(
      train({ resume }),
      /Nothing is left to train: .* epoch 2 of 2; pass `epochs`/,
    );
  }));

Deno.test("train() refuses a folder that holds a run, and replaces it when asked", () =>
  withSet(async (root) => {
    await train({ ...tiny(root), epochs: 1 });
    await assert.rejects(train(tiny(root)), /holds one already/);
    const { state } = await train({ ...tiny(root), overwrite: true });
    assert.equal(state.epoch, 3);
  }));

const wrong: readonly [Record<string, unknown>, RegExp][] = [
  [{ batchSize: 0 }, /`batchSize` is 0; it must be a whole number from 1 on/],
  [{ batchSize: 2.5 }, /`batchSize` is 2\.5; /],
  [{ learningRate: NaN }, /`learningRate` is NaN; it must be a number above 0/],
  [{ margin: -1 }, /`margin` is -1; it must be a number from 0 on/],
  [{ variant: "soft" }, /`variant` is "soft"; it must be one of "standard", /],
  [{ sampler: "sparse" }, /`sampler` is "sparse"; it must be one of "triplets", /],
  [{ out: undefined }, /`out` is missing; a new run needs `data`/],
  [{ epochs: 2, startEpoch: 3 }, /Nothing would be trained: `startEpoch` is 3, `epochs`/],
  [{ dimension: 1 }, /a dimension for each of the 2 notions: `dimension` is 1; raise it/],
  [{ variant: "specialists", sampler: "dense" }, /Cannot train specialists with `sampler: "dense-/],
  [{ notions: ["size"] }, /Unknown notion "size"/],
];

for (const [options, message] of wrong) {
  Deno.test(`train() refuses ${Deno.inspect(options)} before anything is written`, () =>
    withSet(async (root) => {
      const asked = { ...tiny(root), ...options } as TrainOptions;
      await assert.rejects(train(asked), { name: "UsageError", message });
      await assert.rejects(Deno.stat(join(root, "run")), Deno.errors.NotFound);
    }));
}
