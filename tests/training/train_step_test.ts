import assert from "node:assert/strict";
import { liveBytes, liveTensors } from "../../src/native/library.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { gatherImages } from "../../src/network/backbone.ts";
import { backward } from "../../src/tensor/backward.ts";
import { mean, reshape } from "../../src/tensor/operators.ts";
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

Deno.test("trainStep() leaves as many tensors and bytes after 50 steps as after 1", async () => {
  const { setting, made } = tinySetting();
  using _made = made;
  await trainStep(setting, tinyBatch(0), 1e-3);
  const after1 = [liveTensors(), liveBytes()];
  for (let step = 1; step < 50; step++) await trainStep(setting, tinyBatch(step), 1e-3);
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

/** How often the event loop turns from the beginning of some work to its end. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const turn = () => {
    if (isOver) return;
    turns++;
    setTimeout(turn);
  };
  const first = setTimeout(turn);
  await work();
  isOver = true;
  clearTimeout(first);
  // The last turn that was asked for comes, and asks for no other.
  await new Promise((resolve) => setTimeout(resolve, 1));
  return turns;
}

Deno.test("Network.embed() and backward() let the event loop turn while they compute", async () => {
  const { setting, made } = tinySetting({ size: 112 });
  using _made = made;
  const { network, pack, normalisation } = setting;
  const all = Array.from({ length: 64 }, (_, i) => i % 12);
  using images = await gatherImages(pack, all, { normalisation });
  // Milliseconds on any machine; the first turn is due after one. Work that blocks lets none happen.
  let embedded: Tensor | undefined;
  const embedding = await turnsDuring(async () => {
    embedded = await network.embed(images, { train: true, grad: true });
  });
  using rows = embedded!;
  using loss = mean(rows);
  const goingBack = await turnsDuring(() => backward(loss));
  const blocked = await turnsDuring(async () => {
    const until = performance.now() + 20;
    while (performance.now() < until);
    await Promise.resolve();
  });
  assert.equal(blocked, 0);
  assert.ok(embedding > 0, "embed() held the event loop up");
  assert.ok(goingBack > 0, "backward() held the event loop up");
});

Deno.test("gatherImages() mirrors and normalises what it is asked for", async () => {
  const [count, size] = [3, 4];
  const pixels = Uint8Array.from(
    { length: count * size * size * 3 },
    (_, i) => randomUint32(9, 0, i) & 0xff,
  );
  using pack = scope(() => reshape(Tensor.from(pixels), [count, size, size, 3]));
  const normalisation = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
  using images = await gatherImages(pack, [2, 0], {
    normalisation,
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
