/** A model file remembers its images: what of a tested split it has met before. */
import assert from "node:assert/strict";
import { type Split, splits } from "../../src/sets/image_set.ts";
import { tripletListPath, writeTripletList } from "../../src/sets/triplet_list.ts";
import { join } from "../../src/files/paths.ts";
import { readSafetensors, writeSafetensors } from "../../src/tensor/safetensors.ts";
import { defaultConfig, defaultSettings, type TrainConfig } from "../../src/model/config.ts";
import { digestsOf } from "../../src/model/learned_images.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { RunFolder } from "../../src/training/run_folder.ts";
import { type ModelEvaluation, testModel } from "../../src/model/evaluate_model.ts";
import { runTraining } from "../../src/training/run_training.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

const notions = ["colour", "shape"];

/** Which images a split has: 0 to 35 of the tiny set. */
type Parts = Readonly<Record<Split, readonly number[]>>;

const parts: Parts = {
  train: [0, 1, 2, 3, 4, 5],
  val: [10, 11, 12],
  test: [20, 21, 22, 23],
};

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

/** A set whose lists hold each of a part's images once in every role. */
async function writeSet(folder: string, parts: Parts): Promise<string> {
  await writeTinySet(folder, { triplets: 4 });
  await writeLists(folder, parts);
  return folder;
}

async function writeLists(folder: string, parts: Parts): Promise<void> {
  for (const notion of notions) {
    for (const split of splits) {
      const images = parts[split];
      const rows = images.flatMap((image, at) => [
        image,
        images[(at + 1) % images.length],
        images[(at + 2) % images.length],
      ]);
      await writeTripletList(tripletListPath(folder, { notion, split }), Uint32Array.from(rows));
    }
  }
}

/** The same pictures under other names, in reverse order. */
async function writeReversed(from: string, to: string, parts: Parts): Promise<void> {
  await writeSet(to, parts);
  for (const image of range(0, 36)) {
    await Deno.copyFile(
      join(from, "images", `${image}.png`),
      join(to, "images", `${35 - image}.png`),
    );
  }
}

function configOf(data: string, more: Partial<TrainConfig> = {}): TrainConfig {
  return {
    ...defaultConfig,
    name: "run",
    data,
    notions,
    imageSize: 16,
    batchSize: 4,
    trainTriplets: 1000,
    epochs: 1,
    learningRate: 1e-4,
    ...more,
  };
}

async function trained(config: TrainConfig, path: string): Promise<string> {
  using folder = await RunFolder.create(path);
  await runTraining({ settings: defaultSettings, config, folder });
  return join(path, "model_best");
}

async function tested(
  model: string,
  options: { data?: string; split?: Split } = {},
): Promise<{ seen: ModelEvaluation["seenImages"]; warnings: string[]; notices: string[] }> {
  const [warnings, notices]: string[][] = [[], []];
  const { seenImages } = await testModel(await readModelFile(model), {
    ...options,
    listener: {
      warning: (text) => warnings.push(text),
      notice: (text) => notices.push(text),
    },
  });
  return { seen: seenImages, warnings, notices };
}

async function inFolder(test: (root: string) => Promise<void>): Promise<void> {
  await using folder = await TemporaryFolder.make();
  await test(folder.path);
}

const counts = (images: number, training: number, validation: number) => ({
  images,
  training,
  validation,
});

function seen(images: number, training: number, validation: number) {
  const each = counts(images, training, validation);
  return { ...each, notions: notions.map((name) => ({ name, ...each })) };
}

Deno.test("testModel() finds no image seen in a split of other images, and says nothing", () =>
  inFolder(async (root) => {
    const data = await writeSet(join(root, "set"), parts);
    const model = await trained(configOf(data), join(root, "run"));
    assert.deepEqual(await tested(model), { seen: seen(4, 0, 0), warnings: [], notices: [] });
  }));

for (const variant of ["learned", "specialists"] as const) {
  Deno.test(`testModel() warns with counts after the lists were made anew (${variant})`, () =>
    inFolder(async (root) => {
      const data = await writeSet(join(root, "set"), parts);
      const model = await trained(configOf(data, { variant }), join(root, "run"));
      await writeLists(data, { ...parts, test: [0, 3, 5, 11, 30, 31] });
      const found = await tested(model);
      assert.deepEqual(found.seen, seen(6, 3, 1));
      assert.deepEqual(found.warnings, [
        "3 of the 6 images of the test split were training images of this model, 1 more its validation " +
        "images, on which its best epoch was chosen (colour 4 of 6, shape 4 of 6): this is no accuracy " +
        "on unseen images; test it on other images, or train it again on these lists",
      ]);
    }));
}

Deno.test("testModel() finds training images in another set, order and name, and no other picture", () =>
  inFolder(async (root) => {
    const data = await writeSet(join(root, "set"), parts);
    const model = await trained(configOf(data), join(root, "run"));
    // Image i of the first set is image 35 - i of the other one.
    const other = join(root, "other");
    await writeReversed(data, other, { ...parts, test: [35, 34, 24, 0, 1, 2, 3] });
    assert.deepEqual((await tested(model, { data: other })).seen, seen(7, 2, 1));
  }));

Deno.test("train() remembers only images of the training triplets that were drawn", () =>
  inFolder(async (root) => {
    const data = await writeSet(join(root, "set"), { ...parts, train: range(0, 10) });
    const model = await trained(configOf(data, { trainTriplets: 2 }), join(root, "run"));
    const { images } = (await readModelFile(model)).info;
    const learned = digestsOf(images!.training).size;
    assert.ok(learned >= 3 && learned <= 6, `${learned} images of two triplets`);
    assert.equal(digestsOf(images!.validation).size, 3);
  }));

Deno.test("testModel() tells of the split that a model was trained on or chosen by without a warning", () =>
  inFolder(async (root) => {
    const data = await writeSet(join(root, "set"), parts);
    const model = await trained(configOf(data), join(root, "run"));
    const onTrain = await tested(model, { split: "train" });
    assert.deepEqual([onTrain.seen, onTrain.warnings], [seen(6, 6, 0), []]);
    assert.match(onTrain.notices[0], /^6 of the 6 images of the train split were training images/);
    const onVal = await tested(model, { split: "val" });
    assert.deepEqual([onVal.seen, onVal.warnings], [seen(3, 0, 3), []]);
    assert.match(onVal.notices[0], /^3 of the 3 images of the val split were validation images/);
  }));

Deno.test("testModel() says of an older model file that it does not know its images", () =>
  inFolder(async (root) => {
    const data = await writeSet(join(root, "set"), parts);
    const model = await trained(configOf(data), join(root, "run"));
    const old = await withoutImages(model, join(root, "old.safetensors"));
    const { seen, warnings, notices } = await tested(old);
    assert.deepEqual([seen, warnings, notices.length], [null, [], 1]);
    assert.match(notices[0], /is not known: its file is from an older csn/);
  }));

Deno.test("train() counts the images that its starting weights were trained on", () =>
  inFolder(async (root) => {
    const data = await writeSet(join(root, "set"), parts);
    const first = await trained(configOf(data), join(root, "run"));
    await writeLists(data, { train: range(13, 19), val: [30, 31, 32], test: [0, 1, 13, 11, 34] });
    const second = await trained(
      configOf(data, { pretrained: first }),
      join(root, "second"),
    );
    assert.deepEqual((await tested(second)).seen, seen(5, 3, 1));
    // Weights whose images are not known: what is known is counted, and the rest is said.
    const old = await withoutImages(first, join(root, "old.safetensors"));
    const third = await trained(configOf(data, { pretrained: old }), join(root, "third"));
    const found = await tested(third);
    assert.deepEqual(found.seen, seen(5, 1, 0));
    assert.match(found.notices[0], /known in part: it also comes from .*old\.safetensors/);
  }));

Deno.test("train() that goes on keeps the images of the run, and remembers those of an older checkpoint's lists", () =>
  inFolder(async (root) => {
    const data = await writeSet(join(root, "set"), parts);
    const path = join(root, "run");
    await trained(configOf(data), path);
    const expected = (await readModelFile(join(path, "model_best"))).info.images;
    for (const isOld of [false, true]) {
      const from = join(path, "checkpoint.safetensors");
      if (isOld) await withoutImages(from, from);
      const checkpoint = await readModelFile(from);
      using folder = await RunFolder.resume(path, checkpoint.info.state!);
      const epochs = isOld ? 3 : 2;
      await runTraining({
        settings: defaultSettings,
        config: configOf(data, { epochs }),
        folder,
        checkpoint,
      });
      assert.deepEqual((await readModelFile(from)).info.images, expected);
    }
  }));

/** As a csn wrote it that did not remember images. */
async function withoutImages(path: string, to: string): Promise<string> {
  const file = (await readModelFile(path)).path;
  const { tensors, metadata } = await readSafetensors(file);
  const { images: _images, ...info } = JSON.parse(metadata.csn);
  await writeSafetensors(to, tensors, { metadata: { csn: JSON.stringify(info) } });
  return to;
}
