import assert from "node:assert/strict";
import { calibrateModel } from "../../src/analysis/calibrate_model.ts";
import { storeCalibration } from "../../src/analysis/store_calibration.ts";
import { HeldFolder } from "../../src/files/held_folder.ts";
import { join } from "../../src/files/paths.ts";
import { Model } from "../../src/model/model.ts";
import { readModelFile, writeModelFile } from "../../src/model/model_file.ts";
import { embedSetFolder } from "../../src/model/searched_set.ts";
import { chanceSame } from "../../src/search/calibration.ts";
import { learnedImages } from "../../src/model/learned_images.ts";
import { preparePack } from "../../src/sets/pack/pack.ts";
import { openImageSet } from "../../src/sets/image_set.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeValuedSet } from "../helpers/valued_set.ts";

/** A set with values in `folder`/set, and an untrained model beside it. */
async function furnish(folder: string, triplets?: number) {
  const data = join(folder, "set");
  await writeValuedSet(data, triplets);
  return { data, path: await writeTinyModel(folder) };
}

Deno.test("calibrateModel() fits triplets and values of each notion, and storeCalibration() keeps all else in the file", async () => {
  await using folder = await TemporaryFolder.make();
  const { data, path } = await furnish(folder.path, 400);
  const before = await readModelFile(path);
  // Of the 9 images of the validation split alone no pairs would be left: train has 18.
  const calibration = await calibrateModel(before, { data, split: "train" });
  assert.deepEqual(calibration.notions.map(({ notion }) => notion), ["shape", "colour"]);
  assert.deepEqual([calibration.set, calibration.split, calibration.seed], ["tiny", "train", 1]);
  for (const { nearer, same } of calibration.notions) {
    assert.equal(nearer.triplets, 400);
    assert.ok(Number.isFinite(nearer.slope));
    assert.ok(same !== null && same.pairs > 100);
  }
  assert.deepEqual(await calibrateModel(before, { data, split: "train" }), calibration);
  await storeCalibration(path, calibration);
  // The file was written anew, so its identity is another.
  const after = { ...await readModelFile(path), identity: before.identity };
  assert.deepEqual(after, { ...before, info: { ...before.info, calibration } });
});

Deno.test("Model.nearest() of a calibrated model gives each hit its chances by each notion", async () => {
  await using folder = await TemporaryFolder.make();
  const { data, path } = await furnish(folder.path, 400);
  using plain = await Model.load(path);
  const images = await embedSetFolder(plain, await openImageSet(data));
  const mix = { shape: 1, colour: 1 };
  const without = plain.nearest(images.at(3), images, { mix });
  assert.ok(without.every((hit) => !("chances" in hit)));
  const calibration = await calibrateModel(await readModelFile(path), { data, split: "train" });
  await storeCalibration(path, calibration);
  using model = await Model.load(path);
  const hits = model.nearest(images.at(3), images, { mix, k: 36 });
  const scales = model.search(images.at(3), images, { mix }).by.map(({ scale }) => scale!);
  for (const { chances, parts, ...hit } of hits) {
    calibration.notions.forEach(({ notion, nearer, same }, row) => {
      const square = parts[notion] * scales[row];
      const { nearer: chance, same: alike } = chances![notion];
      assert.ok(Math.abs(alike! - chanceSame(same!, square)) < 1e-9);
      // At the median distance it is as likely to be nearer as not.
      const isBelow = square < scales[row];
      assert.equal(chance! > 0.5, isBelow === nearer.slope > 0, hit.name);
    });
  }
  const { chances: _, ...rest } = hits[0];
  assert.deepEqual(rest, without[0]);
});

Deno.test("calibrateModel() refuses too few triplets, and knows no values of a set without them", async () => {
  await using folder = await TemporaryFolder.make();
  const { data, path } = await furnish(folder.path);
  const file = await readModelFile(path);
  await assert.rejects(
    calibrateModel(file, { data }),
    /Cannot calibrate the model by "shape": the val split of .* has 16 triplets of it; 20 are needed, so choose another with `split`/,
  );
  await Deno.remove(join(data, "attributes.csv"));
  const { notions } = await calibrateModel(file, { data, split: "train" });
  assert.deepEqual(notions.map(({ same }) => same), [null, null]);
});

Deno.test("storeCalibration() refuses a checkpoint, and a folder in which a run trains", async () => {
  await using folder = await TemporaryFolder.make();
  const path = await writeTinyModel(folder.path);
  const calibration = { set: "x", split: "val", seed: 1, notions: [] };
  {
    using _ = await HeldFolder.take(folder.path, { what: "the run", another: "wait" });
    await assert.rejects(storeCalibration(path, calibration), /Cannot use the folder of the model/);
  }
  const { info, tensors } = await readModelFile(path);
  const checkpoint = join(folder.path, "checkpoint.safetensors");
  await writeModelFile(checkpoint, {
    info: {
      ...info,
      kind: "checkpoint",
      state: { sums: {} } as typeof info.state,
      threads: 1,
      settings: {} as typeof info.settings,
    },
    tensors,
  });
  await assert.rejects(
    storeCalibration(checkpoint, calibration),
    /it is a checkpoint, which training writes anew; calibrate the run's model_best/,
  );
});

Deno.test("readModelFile() refuses a calibration that is none, and writeModelFile() writes none", async () => {
  await using folder = await TemporaryFolder.make();
  const path = await writeTinyModel(folder.path);
  const { info, tensors } = await readModelFile(path);
  const calibration = { notions: [{ notion: "shape", nearer: { measure: "cube" } }] };
  await assert.rejects(
    writeModelFile(path, { info: { ...info, calibration } as unknown as typeof info, tensors }),
    /"calibration" is .*cube/,
  );
});

Deno.test("calibrateModel() says what it means that images are those of training", async () => {
  await using folder = await TemporaryFolder.make();
  const { data, path } = await furnish(folder.path, 400);
  const { info, tensors } = await readModelFile(path);
  const pack = await preparePack(await openImageSet(data), info.imageSize);
  const some = Uint32Array.from({ length: 30 }, (_, image) => image);
  const images = await learnedImages(pack, some, new Uint32Array());
  await writeModelFile(path, { info: { ...info, images }, tensors });
  const file = await readModelFile(path);
  const told = async (split: "val" | "train") => {
    const texts: string[] = [];
    const listen = (text: string) => texts.push(text);
    await calibrateModel(file, { data, split, listener: { warning: listen, notice: listen } });
    return texts.join("\n");
  };
  const known =
    /were training images of this model \(.*\): it is surer of them than of others, so chances may come out too sure/;
  const val = await told("val");
  assert.match(val, known);
  assert.match(val, /too sure; calibrate it on other images$/m);
  assert.doesNotMatch(val, /accuracy/);
  const train = await told("train");
  assert.match(train, known);
  assert.doesNotMatch(train, /calibrate it/);
});
