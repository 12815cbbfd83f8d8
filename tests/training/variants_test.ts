/** Runs of the paper's variants: what each learns, and that it goes on where it stood. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { start } from "../../src/native/start.ts";
import { dataOf } from "../../src/tensor/dtype.ts";
import { defaultConfig, defaultSettings, type TrainConfig } from "../../src/model/config.ts";
import { type ModelFile, readModelFile } from "../../src/model/model_file.ts";
import { RunFolder } from "../../src/training/run_folder.ts";
import { readMasks } from "../../src/training/mask_log.ts";
import { Model } from "../../src/model/model.ts";
import { testModel } from "../../src/model/evaluate_model.ts";
import { runTraining } from "../../src/training/run_training.ts";
import type { RunPlan } from "../../src/training/run_plan.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** Two batches a notion and epoch. */
const base: Omit<TrainConfig, "data" | "variant"> = {
  ...defaultConfig,
  name: "run",
  notions: ["colour", "shape"],
  imageSize: 16,
  batchSize: 8,
  trainTriplets: 32,
  epochs: 2,
  learningRate: 1e-3,
  dimension: 8,
};

async function withSet(test: (root: string) => Promise<void>): Promise<void> {
  await start();
  await using folder = await TemporaryFolder.make();
  await writeTinySet(join(folder.path, "set"));
  await test(folder.path);
}

async function run(
  root: string,
  name: string,
  config: Pick<TrainConfig, "variant"> & Partial<TrainConfig>,
  more: Partial<RunPlan> = {},
): Promise<ModelFile> {
  const path = join(root, name);
  using folder = await RunFolder.create(path);
  await runTraining({
    settings: defaultSettings,
    config: { ...base, data: join(root, "set"), ...config },
    folder,
    ...more,
  });
  return await readModelFile(join(path, "checkpoint"));
}

Deno.test("runTraining() teaches each specialist what a network on its notion alone learns", () =>
  withSet(async (root) => {
    const specialists = await run(root, "specialists", { variant: "specialists" });
    assert.equal(specialists.info.dimension, 16);
    // The second specialist begins from weights of its own, so the first is the one to compare.
    const alone = await run(root, "alone", { variant: "standard", notions: ["colour"] });
    for (const [name, { dtype, bytes }] of alone.tensors) {
      if (!name.includes("backbone.") || name.startsWith("optimiser.second.")) continue;
      const twin = specialists.tensors.get(name.replace("backbone.", "backbones.0."))!;
      const [expected, found] = [bytes, twin.bytes].map((each) =>
        Array.from(dataOf(dtype, each.slice().buffer) as ArrayLike<number | bigint>, Number)
      );
      const worst = expected.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - found[i])),
        0,
      );
      // Zeros of the other specialist add the distance's epsilon 8 times more: a difference of 1e-11 in its square.
      assert.ok(worst < 1e-5, `${name} differs by ${worst}`);
    }
  }));

Deno.test("runTraining() changes each specialist", () =>
  withSet(async (root) => {
    const { tensors } = await run(root, "specialists", { variant: "specialists" });
    for (const row of [0, 1]) {
      const { bytes } = tensors.get(`optimiser.step.backbones.${row}.conv1.weight`)!;
      assert.deepEqual([...new Float32Array(bytes.slice().buffer)], [4], "two batches, two epochs");
    }
  }));

Deno.test("runTraining() of specialists stopped in an epoch goes on to the same weights", () =>
  withSet(async (root) => {
    const straight = await run(root, "straight", { variant: "specialists" });
    const controller = new AbortController();
    const stopped = await run(root, "stopped", { variant: "specialists" }, {
      signal: controller.signal,
      onEvent: (event) => event.type === "step" && event.batch === 3 && controller.abort(),
    });
    assert.equal(stopped.info.state!.sums.batches, 3);
    const path = join(root, "stopped");
    using folder = await RunFolder.resume(path, stopped.info.state!);
    await runTraining({
      settings: defaultSettings,
      config: stopped.info.config,
      folder,
      checkpoint: stopped,
    });
    const found = await readModelFile(join(path, "checkpoint"));
    assert.deepEqual(found.tensors, straight.tensors);
  }));

for (const variant of ["standard", "specialists", "prein"] as const) {
  Deno.test(`testModel() scores a model of the variant "${variant}"`, () =>
    withSet(async (root) => {
      await run(root, variant, { variant, epochs: 1 });
      const model = await readModelFile(join(root, variant, "model_best"));
      const [validation, again] = [
        await testModel(model, { split: "val" }),
        await testModel(model, { split: "val" }),
      ];
      assert.equal(validation.accuracy, model.info.accuracy);
      assert.deepEqual(validation.notions, again.notions);
    }));
}

Deno.test("runTraining() tells how many dimensions learned masks use, and nothing of other masks", () =>
  withSet(async (root) => {
    const rowOf = async (name: string) =>
      JSON.parse((await Deno.readTextFile(join(root, name, "metrics.jsonl"))).split("\n")[0]);
    await run(root, "learned", { variant: "learned", epochs: 1 });
    await run(root, "fixed", { variant: "fixed", epochs: 1 });
    const { activeDimensions, unusedDimensions } = await rowOf("learned");
    assert.equal(activeDimensions.length, 2);
    assert.ok(activeDimensions.every((active: number) => active > 0 && active <= 8));
    assert.ok(unusedDimensions >= 0 && unusedDimensions <= 8 - Math.max(...activeDimensions));
    assert.equal((await rowOf("fixed")).activeDimensions, undefined);
  }));

Deno.test("runTraining() keeps the masks of each epoch of learned masks, and of no others", () =>
  withSet(async (root) => {
    await run(root, "kept", { variant: "learned", epochs: 2 });
    await run(root, "unkept", { variant: "fixed", epochs: 1 });
    const kept = await readMasks(join(root, "kept"));
    assert.deepEqual(kept.map(({ epoch }) => epoch), [1, 2]);
    using last = await Model.load(join(root, "kept", "checkpoint"));
    assert.deepEqual(
      kept[1].masks.map((mask) => Float32Array.from(mask)),
      last.notions.map((notion) => last.mask(notion)),
    );
    assert.notDeepEqual(kept[0], { ...kept[1], epoch: 1 });
    assert.deepEqual(await readMasks(join(root, "unkept")), []);
  }));
