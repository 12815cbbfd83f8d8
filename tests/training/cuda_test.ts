/** What only a GPU shows. The numbers are the CPU's, or PyTorch's. */
import assert from "node:assert/strict";
import type { Triplets } from "../../src/sets/triplets.ts";
import { cudaMemory, liveTensors } from "../../src/native/library.ts";
import { gatherImages } from "../../src/network/backbone.ts";
import { join } from "../../src/files/paths.ts";
import { randomUint32 } from "../../src/base/random.ts";
import { longs, toDevice, zeros } from "../../src/tensor/operators.ts";
import { scope } from "../../src/tensor/scope.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { defaultConfig, defaultSettings } from "../../src/model/config.ts";
import { evaluate, type Evaluation } from "../../src/model/evaluate.ts";
import { runParity } from "../../src/training/parity.ts";
import { RunFolder } from "../../src/training/run_folder.ts";
import { Stepper } from "../../src/training/stepper.ts";
import { trainStep, trainStepUnread } from "../../src/training/train_step.ts";
import { runTraining } from "../../src/training/run_training.ts";
import { cuda, onCuda } from "../helpers/cuda.ts";
import { checkFirstStep, checkRun, fixtures, inputsOf } from "../helpers/parity_fixture.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";
import { tinyBatch, tinySetting } from "../helpers/tiny_setting.ts";

for (const fixture of Object.values(fixtures)) {
  Deno.test(
    `runParity() computes PyTorch's steps on CUDA with ${fixture.masks} masks`,
    onCuda,
    async () => {
      checkRun(await runParity(inputsOf(fixture), { device: cuda }), fixture);
    },
  );

  Deno.test(
    `runParity() is near to PyTorch on CUDA in float32 and bf16 with ${fixture.masks} masks`,
    onCuda,
    async () => {
      const run = (precision: "float32" | "bf16") =>
        runParity(inputsOf(fixture), { device: cuda, precision });
      checkFirstStep(await run("float32"), fixture, 1e-5);
      const half = await run("bf16");
      checkFirstStep(half, fixture, 5e-2);
      assert.throws(() => checkFirstStep(half, fixture, 1e-5), /off by/);
    },
  );
}

Deno.test(
  "gatherImages() gives the CPU's images on CUDA, from a pack that lies on either",
  onCuda,
  async () => {
    const { setting, made } = tinySetting({ size: 64 });
    using _made = made;
    const onDevice = made.use(toDevice(setting.pack, cuda));
    for (const pack of [setting.pack, onDevice]) {
      // All are asked for before one is read: pinned memory must not be used again too early.
      const gathered: Tensor[] = [];
      for (let index = 0; index < 30; index++) {
        gathered.push(
          made.use(await gather(pack, index, cuda)),
        );
      }
      for (const [index, images] of gathered.entries()) {
        using expected = await gather(setting.pack, index, "cpu");
        const [found, wanted] = [images.data() as Float32Array, expected.data() as Float32Array];
        assert.ok(found.every((value, i) => Math.abs(value - wanted[i]) <= 1e-6), `batch ${index}`);
      }
    }
  },
);

Deno.test("longs() brings many numbers to CUDA in their order", onCuda, () => {
  const values = Uint32Array.from({ length: 100_000 }, (_, i) => randomUint32(1, 2, i));
  const found = scope(() => longs(values, cuda).toArray());
  assert.deepEqual(found, Array.from(values));
});

Deno.test("trainStep() on CUDA takes the CPU's steps", onCuda, async () => {
  const losses = async (device: string) => {
    const { setting, made } = tinySetting({ placement: { device, precision: "float32" } });
    using _made = made;
    const found: number[] = [];
    for (let step = 0; step < 3; step++) {
      found.push((await trainStep(setting, tinyBatch(step, 16), 1e-4)).loss);
    }
    return found;
  };
  const [found, expected] = [await losses(cuda), await losses("cpu")];
  found.forEach((loss, step) =>
    assert.ok(
      Math.abs(loss / expected[step] - 1) < (step === 0 ? 1e-4 : 2e-2),
      `step ${step}: ${loss}, ${expected[step]}`,
    )
  );
});

Deno.test(
  "Stepper on CUDA gives every step once, in order, and leaves nothing behind",
  onCuda,
  async () => {
    const { setting, made } = tinySetting({ placement: { device: cuda, precision: "bf16" } });
    using _made = made;
    (await trainStepUnread(setting, tinyBatch(0), 1e-4)).dispose();
    const before = liveTensors();
    using stepper = new Stepper(setting, 4);
    const taken: number[] = [];
    for (let step = 0; step < 10; step++) {
      for (const { batch, numbers } of await stepper.step(tinyBatch(step), 1e-4)) {
        assert.ok(Number.isFinite(numbers.loss));
        taken.push(batch.index);
      }
      assert.equal(taken.length, Math.floor((step + 1) / 4) * 4);
    }
    for (const { batch } of await stepper.finish()) taken.push(batch.index);
    assert.deepEqual(taken, Array.from({ length: 10 }, (_, step) => step));
    assert.equal(liveTensors(), before);
  },
);

Deno.test("evaluate() on CUDA orders triplets as on the CPU", onCuda, async () => {
  const triplets = tinyTriplets(200);
  const score = async (device: string): Promise<Evaluation> => {
    const { setting, made } = tinySetting({ placement: { device, precision: "float32" } });
    using _made = made;
    const { network, pack, normalisation } = setting;
    return await evaluate(network, pack, triplets, { split: "test", normalisation, margin: 0.2 });
  };
  const [found, expected] = [await score(cuda), await score("cpu")];
  assert.ok(Math.abs(found.loss / expected.loss - 1) < 1e-4, `${found.loss}, ${expected.loss}`);
  assert.ok(Math.abs(found.accuracy - expected.accuracy) <= 1 / 200);
});

Deno.test(
  "Adam.load() continues on CUDA from a state of the CPU, and the other way round",
  onCuda,
  async () => {
    for (const [from, to] of [["cpu", cuda], [cuda, "cpu"]]) {
      const began = tinySetting({ placement: { device: from, precision: "float32" } });
      using _began = began.made;
      await trainStep(began.setting, tinyBatch(0, 16), 1e-4);
      const next = tinySetting({ placement: { device: to, precision: "float32" } });
      using _next = next.made;
      next.setting.optimiser.load(began.setting.optimiser.toStored());
      assert.deepEqual(next.setting.optimiser.toStored(), began.setting.optimiser.toStored());
      await trainStep(next.setting, tinyBatch(1, 16), 1e-4);
      const step = next.setting.optimiser.toStored().get("optimiser.step.masks.weight")!;
      assert.equal(new Float32Array(step.bytes.buffer)[0], 2);
    }
  },
);

Deno.test(
  "train() names the batch size and the flag when CUDA's memory runs out",
  onCuda,
  async () => {
    await using folder = await TemporaryFolder.make();
    await writeTinySet(join(folder.path, "set"), { triplets: 1024 });
    // What is left is far less than a step of so many images needs.
    using _hog = zeros([Math.floor(cudaMemory(cuda).free - 2e9)], { dtype: "uint8", device: cuda });
    const config = {
      ...defaultConfig,
      ...{ name: "big", data: join(folder.path, "set"), notions: ["colour", "shape"] },
      ...{ imageSize: 112, batchSize: 1024, trainTriplets: 2048, epochs: 1 },
      ...{ device: cuda, precision: "float32" as const },
    };
    using run = await RunFolder.create(join(folder.path, "run"));
    await assert.rejects(
      runTraining({ settings: defaultSettings, config, folder: run }),
      /Memory of cuda:0 ran out in a step of 1024 triplets \(`batchSize`\).*pass `batchSize: 512`, or `precision: "bf16"`/,
    );
  },
);

async function gather(pack: Tensor, index: number, device: string): Promise<Tensor> {
  const { images, flips } = tinyBatch(index, 8);
  return await gatherImages(pack, images, {
    normalisation: { mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] },
    flips: flips as Uint8Array<ArrayBuffer>,
    device,
  });
}

function tinyTriplets(count: number): Triplets {
  const { images, notion } = tinyBatch(7, count);
  const perNotion = ["a", "b"].map((name) => ({
    ...{ name, listed: count / 2, dropped: 0, triplets: count / 2, excluded: 0, shortfall: 0 },
  }));
  const flat = Uint32Array.from(images, (_, i) => images[(i % 3) * count + Math.floor(i / 3)]);
  return { notions: ["a", "b"], images: flat, notion, dropped: 0, perNotion };
}
