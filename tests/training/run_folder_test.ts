import assert from "node:assert/strict";
import { exists } from "../../src/files/exists.ts";
import { dirname, join } from "../../src/files/paths.ts";
import { initialTensors } from "../../src/network/initialise.ts";
import { defaultConfig, defaultSettings, type TrainConfig } from "../../src/model/config.ts";
import { modelPath, readModelFile, writeModelFile } from "../../src/model/model_file.ts";
import { assertUnchanged, RunFolder } from "../../src/training/run_folder.ts";
import { emptySums } from "../../src/training/epoch_sums.ts";
import type { TrainerState } from "../../src/model/trainer_state.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const config: TrainConfig = { ...defaultConfig, data: "/", notions: ["a"], dimension: 8 };

/** Writes files with the given texts below a folder. */
async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
    await Deno.writeTextFile(join(folder, file), text);
  }
}

/** What csn writes into a run's folder: `train`, `report`, `compare`, and a process that was killed. */
const old: Readonly<Record<string, string>> = {
  "config.json": "{}",
  "metrics.jsonl": "",
  "metrics.csv": "",
  "masks.jsonl": "",
  "checkpoint.safetensors": "",
  "model_best.safetensors": "",
  "visdom.jsonl": "",
  "scores.safetensors": "",
  "report.html": "<html><p>Made by csn 0.1.0, by seed 1; the same again:</p>",
  "report/analysis.json": "{}",
  "report/masks.svg": "",
  "report/masks.png": "",
  "report/layouts/0123456789abcdef.f32": "",
  ".checkpoint.safetensors.4711-0123abcd.part": "",
  "checkpoint.safetensors.4711.part": "",
};

Deno.test("RunFolder.create() with overwrite leaves nothing of the old run that could pass for the new one's", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "run");
  await write(path, old);
  {
    using run = await RunFolder.create(path, { overwrite: true });
    // Until the new run is sure to start, the old one stays.
    assert.ok(await exists(join(path, "report", "masks.svg")));
    await run.begin(config, { ...defaultSettings, threads: 1 });
  }
  assert.deepEqual([...Deno.readDirSync(path)].map(({ name }) => name), ["config.json"]);
});

for (
  const [file, text] of Object.entries({
    "notes.txt": "text",
    "embeddings.npy": "numbers",
    "report/mine.txt": "text",
    "report.html": "<p>the user's</p>",
    "another-run/config.json": "{}",
  })
) {
  Deno.test(`RunFolder.create() refuses to replace a run with the foreign ${file}, and names it`, async () => {
    await using folder = await TemporaryFolder.make();
    const path = join(folder.path, "run");
    await write(path, { ...old, [file]: text });
    await assert.rejects(RunFolder.create(path, { overwrite: true }), {
      name: "CsnError",
      message: new RegExp(
        `Cannot replace the run in ${path}: .*csn did not write \\(${file}\\); move them away, or choose another folder with \`out\`$`,
      ),
    });
    assert.equal(await Deno.readTextFile(join(path, file)), text);
    assert.ok(await exists(join(path, "checkpoint.safetensors")));
    // Nor is the folder left locked.
    await assert.rejects(RunFolder.create(path), /holds one already/);
  });
}

Deno.test("RunFolder.create() advises only what is possible", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "my run");
  await write(path, { "config.json": "{}" });
  const message = async () => {
    const error = await RunFolder.create(path).then(() => null, (error: Error) => error);
    return error!.message;
  };
  assert.match(
    await message(),
    /\(config\.json\); choose another folder with `out`, or pass `overwrite: true`$/,
  );
  await write(path, { "checkpoint.safetensors": "" });
  assert.ok(
    (await message()).endsWith(
      `choose another folder with \`out\`, go on with \`train({ resume: "${path}/checkpoint" })\`, or pass \`overwrite: true\``,
    ),
  );
  await write(path, { "notes.txt": "" });
  assert.match(await message(), /, or move notes\.txt away and pass `overwrite: true`$/);
});

Deno.test("RunFolder.create() takes a folder in which only the user's files lie, and keeps them", async () => {
  await using folder = await TemporaryFolder.make();
  await write(folder.path, { "notes.txt": "text" });
  using run = await RunFolder.create(folder.path);
  await run.begin(config, { ...defaultSettings, threads: 1 });
  assert.equal(await Deno.readTextFile(join(folder.path, "notes.txt")), "text");
});

Deno.test("RunFolder leaves no folder that it made for nothing, and no user's", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "run");
  (await RunFolder.create(path))[Symbol.dispose]();
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  await Deno.mkdir(path);
  (await RunFolder.create(path))[Symbol.dispose]();
  assert.deepEqual([...Deno.readDirSync(path)], []);
});

Deno.test("RunFolder.create() begins again where a run ended before its first checkpoint", async () => {
  await using folder = await TemporaryFolder.make();
  {
    using run = await RunFolder.create(folder.path);
    await run.begin(config, { ...defaultSettings, threads: 1 });
  }
  await write(folder.path, { "visdom.jsonl": "" });
  {
    using run = await RunFolder.create(folder.path);
    await run.begin(config, { ...defaultSettings, threads: 1 });
  }
  // With a model or metrics there is something to lose.
  for (const file of ["metrics.jsonl", "model_best.safetensors", "scores.safetensors"]) {
    await write(folder.path, { [file]: "" });
    await assert.rejects(RunFolder.create(folder.path), /holds one already/);
    await Deno.remove(join(folder.path, file));
  }
});

Deno.test("RunFolder explains a folder that cannot be made or locked", async () => {
  for (const path of ["/dev/null/run", "/proc/run", "/proc/sys"]) {
    await assert.rejects(RunFolder.create(path), {
      name: "CsnError",
      message:
        /^Cannot (make|use) the run folder \/.*; choose another folder with `out`, or mend that$/,
    });
  }
});

Deno.test("assertUnchanged() refuses a checkpoint that another process has replaced since it was read", async () => {
  await using folder = await TemporaryFolder.make();
  const shape = { notions: ["a"], dimension: 8, variant: "fixed" } as const;
  const write = (epoch: number) =>
    writeModelFile(modelPath(folder.path, "checkpoint"), {
      info: {
        kind: "checkpoint",
        libtorch: "2.13.0",
        ...shape,
        imageSize: 16,
        normalisation: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
        config,
        epoch,
        accuracy: 0.5,
        state: { epoch, sums: emptySums(1) } as unknown as TrainerState,
        threads: 1,
        settings: defaultSettings,
      },
      tensors: initialTensors(shape, 1),
    });
  await write(1);
  const read = await readModelFile(join(folder.path, "checkpoint"));
  await assertUnchanged(read);
  await write(2);
  await assert.rejects(assertUnchanged(read), {
    name: "CsnError",
    message: /Cannot go on from .*another process has trained this run on .*, to epoch 2; run the/,
  });
});

Deno.test("RunFolder.resume() in a copy that cannot be made whole leaves none of its files", async () => {
  await using folder = await TemporaryFolder.make();
  const [from, to] = [join(folder.path, "run"), join(folder.path, "copy")];
  await write(from, { "config.json": "{}", "metrics.jsonl": "", "checkpoint.safetensors": "" });
  const state: TrainerState = {
    ...{ epoch: 1, steps: 0, bestAccuracy: -1, bestEpoch: 0, triplets: "", sums: emptySums(1) },
  };
  const copy = Deno.copyFile;
  {
    using run = await RunFolder.resume(to, state, from);
    try {
      Deno.copyFile = (source, target) => {
        if (`${source}`.endsWith("checkpoint.safetensors")) throw new Error("the disk is full");
        return copy(source, target);
      };
      await assert.rejects(
        run.begin(config, { ...defaultSettings, threads: 1 }),
        { name: "CsnError", message: /Cannot copy the run .*run to .*copy: the disk is full/ },
      );
    } finally {
      Deno.copyFile = copy;
    }
    assert.deepEqual([...Deno.readDirSync(to)].map(({ name }) => name), ["lock"]);
  }
  assert.equal(await exists(to), false);
  assert.equal([...Deno.readDirSync(from)].length, 3);
});
