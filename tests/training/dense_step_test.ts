import assert from "node:assert/strict";
import type { Batch } from "../../src/training/batches/batches.ts";
import { trainStep, trainStepUnread } from "../../src/training/train_step.ts";
import { lossNumbers } from "../../src/network/triplet_loss.ts";
import { start } from "../../src/native/start.ts";
import { tinyBatch, tinySetting } from "../helpers/tiny_setting.ts";

Deno.test("trainStep() gives the same weights to the bit when dense batches are repeated", async () => {
  await start();
  const run = async () => {
    const { setting, made } = tinySetting();
    using _made = made;
    for (let step = 0; step < 3; step++) await trainStep(setting, denseBatch(), 1e-3);
    return setting.network.toStored();
  };
  assert.deepEqual(await run(), await run());
});

Deno.test("trainStep() measures a dense batch's triplets between the images at their positions", async () => {
  await start();
  const { setting, made } = tinySetting();
  using _made = made;
  const batch = denseBatch();
  // The same image as anchor and near: no distance but the epsilon's.
  batch.positions!.copyWithin(2 * batch.size, 0, 1);
  const { near, far } = await trainStep(setting, batch, 1e-3);
  assert.ok(near[0] < 1e-4, `${near[0]}`);
  assert.ok(far[0] > 1e-3, `${far[0]}`);
});

Deno.test("trainStepUnread() computes what trainStep() does", async () => {
  await start();
  const [{ setting: one, made: first }, { setting: other, made: second }] = [
    tinySetting(),
    tinySetting(),
  ];
  using _first = first;
  using _second = second;
  const read = await trainStep(one, tinyBatch(0), 1e-3);
  using unread = await trainStepUnread(other, tinyBatch(0), 1e-3);
  assert.deepEqual(lossNumbers(await unread.dataAsync() as Float32Array), read);
  assert.deepEqual(other.network.toStored(), one.network.toStored());
});

function denseBatch(): Batch {
  const { images, notion, size } = tinyBatch(0);
  const distinct = Uint32Array.from(new Set(images));
  return {
    index: 0,
    size,
    images: distinct,
    notion,
    flips: new Uint8Array(distinct.length),
    positions: images.map((image) => distinct.indexOf(image)),
  };
}
