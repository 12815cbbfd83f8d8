import assert from "node:assert/strict";
import { liveBytes, liveTensors } from "../../src/native/library.ts";
import { randomUint32 } from "../../src/random.ts";
import { reshape } from "../../src/tensor/operators.ts";
import { scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { trainStep, trainStepUnread } from "../../src/training/train_step.ts";
import { tinyBatch, tinySetting } from "../helpers/tiny_setting.ts";

Deno.test("trainStep() lowers the loss of a batch it is repeated on", async () => {
  const { setting, made } = tinySetting();
  using _made = made;
  const losses: number[] = [];
  for (let step = 0; step < 20; step++) {
    losses.push((await trainStep(setting, tinyBatch(0), 1e-3)).triplet);
  }
  assert.ok(losses[19] < losses[0] / 2, losses.join(" "));
});

Deno.test("trainStep() leaves as many tensors and bytes after 200 steps as after 1", async () => {
  const { setting, made } = tinySetting();
  using _made = made;
  await trainStep(setting, tinyBatch(0), 1e-3);
  const after1 = [liveTensors(), liveBytes()];
  for (let step = 1; step < 200; step++) await trainStep(setting, tinyBatch(step), 1e-3);
  assert.deepEqual([liveTensors(), liveBytes()], after1);
});

Deno.test("trainStepUnread() leaves no tensor behind when the update fails", async () => {
  const { setting, made } = tinySetting();
  using _made = made;
  setting.optimiser[Symbol.dispose]();
  const before = liveTensors();
  for (let step = 0; step < 3; step++) {
    await assert.rejects(trainStepUnread(setting, tinyBatch(step), 1e-3), /freed already/);
  }
  assert.equal(liveTensors(), before);
});

Deno.test("trainStep() gives the same weights to the bit when it is repeated", async () => {
  const weights = async () => {
    const { setting, made } = tinySetting();
    using _made = made;
    for (let step = 0; step < 5; step++) await trainStep(setting, tinyBatch(step), 1e-3);
    return setting.network.toStored();
  };
  assert.deepEqual(await weights(), await weights());
});

Deno.test("trainStep() updates nothing when the loss is not finite", async () => {
  const { setting, made } = tinySetting();
  using _made = made;
  const before = setting.network.toStored();
  const numbers = await trainStep(
    { ...setting, weights: { ...setting.weights, margin: NaN } },
    tinyBatch(0),
    1e-3,
  );
  assert.ok(Number.isNaN(numbers.loss));
  const after = setting.network.toStored();
  for (const name of setting.network.parameters().keys()) {
    assert.deepEqual(after.get(name), before.get(name), name);
  }
});

Deno.test("Network.embed() and backward() let the event loop live", async () => {
  const { setting, made } = tinySetting({ size: 112 });
  using _made = made;
  // Large enough for a step of well over 200 ms on two cores.
  const batch = tinyBatch(0, 64);
  let beats = 0;
  const timer = setInterval(() => beats++, 10);
  try {
    await trainStep(setting, batch, 1e-3);
  } finally {
    clearInterval(timer);
  }
  assert.ok(beats >= 20, `${beats} beats of 10 ms in one step`);
});

Deno.test("gatherImages() mirrors and normalises what it is asked for", async () => {
  const { gatherImages } = await import("../../src/network/backbone.ts");
  const [count, size] = [3, 4];
  const pixels = Uint8Array.from(
    { length: count * size * size * 3 },
    (_, i) => randomUint32(9, 0, i) & 0xff,
  );
  using pack = scope(() => reshape(Tensor.from(pixels), [count, size, size, 3]));
  const normalisation = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
  using images = await gatherImages(pack, [2, 0], normalisation, {
    flips: Uint8Array.of(0, 1),
    dtype: "float64",
  });
  assert.deepEqual(images.shape, [2, 3, size, size]);
  const found = images.toArray();
  let at = 0;
  [2, 0].forEach((image, row) => {
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++, at++) {
          const column = row === 1 ? size - 1 - x : x;
          const value = pixels[((image * size + y) * size + column) * 3 + c];
          const expected = (value / 255 - normalisation.mean[c]) / normalisation.std[c];
          assert.ok(Math.abs(found[at] - expected) < 1e-12);
        }
      }
    }
  });
});
