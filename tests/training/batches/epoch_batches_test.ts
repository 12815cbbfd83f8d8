import assert from "node:assert/strict";
import { defaultConfig, type TrainConfig } from "../../../src/model/config.ts";
import { cutOfEpoch, epochBatches } from "../../../src/training/batches/epoch_batches.ts";
import { imageFlips } from "../../../src/training/batches/image_flips.ts";
import { emptySums } from "../../../src/training/epoch_sums.ts";
import type { PreparedTraining } from "../../../src/training/prepare.ts";

const config: TrainConfig = { ...defaultConfig, data: "/", notions: ["a"], batchSize: 4, seed: 1 };
const train = {
  notions: ["a"],
  images: Uint32Array.from({ length: 60 }, (_, i) => i),
  notion: new Uint8Array(20),
  dropped: 0,
  perNotion: [],
};

Deno.test("epochBatches() mirrors images where the set says that it may, and none elsewhere", async () => {
  const mirrored = async (flip: boolean) => {
    const data = { set: { flip }, train, values: null } as unknown as PreparedTraining;
    const batches = await epochBatches(config, data, 1);
    let flips = 0;
    for (let index = 0; index < batches.length; index++) {
      for (const each of (await batches.at(index))!.flips) flips += each;
    }
    return flips;
  };
  assert.equal(await mirrored(false), 0);
  const flips = await mirrored(true);
  assert.ok(flips > 15 && flips < 45, `${flips} of 60`);
});

Deno.test("cutOfEpoch() keeps the number of batches once an epoch has begun, if only with skipped ones", () => {
  const data = { values: { images: new Uint32Array(100) } } as Pick<PreparedTraining, "values">;
  const sums = { ...emptySums(1), cut: 9 };
  assert.equal(cutOfEpoch(config, data, sums), undefined);
  assert.equal(cutOfEpoch(config, data, { ...sums, skipped: 1 }), 9);
  assert.equal(cutOfEpoch(config, data, { ...sums, batches: 1 }), 9);
  // A checkpoint that does not say it: 100 images in batches of 3 x 4, rounded.
  assert.equal(cutOfEpoch(config, data, { ...sums, batches: 1, cut: undefined }), 8);
  assert.equal(
    cutOfEpoch(config, { values: null }, { ...sums, batches: 1, cut: undefined }),
    undefined,
  );
});

Deno.test("imageFlips() mirrors half of the images, others in another epoch, none where none may be", () => {
  const images = Uint32Array.from({ length: 1000 }, (_, i) => i);
  const options = { batchSize: 4, seed: 1, epoch: 1, shuffle: true, flip: true };
  const flips = imageFlips(images, options);
  const count = flips.reduce((sum, flip) => sum + flip, 0);
  assert.ok(count > 420 && count < 580, `${count} of 1000`);
  assert.notDeepEqual(imageFlips(images, { ...options, epoch: 2 }), flips);
  // By image, not by its place in the batch.
  assert.deepEqual(imageFlips(images.subarray(500), options), flips.subarray(500));
  assert.deepEqual(imageFlips(images, { ...options, flip: false }), new Uint8Array(1000));
});
