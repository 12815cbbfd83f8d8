import assert from "node:assert/strict";
import { liveTensors } from "../../src/native/library.ts";
import { Stepper, type StepTaken } from "../../src/training/stepper.ts";
import { trainStep } from "../../src/training/train_step.ts";
import { tinyBatch, tinySetting } from "../helpers/tiny_setting.ts";

Deno.test("Stepper gives every step once, in order, with the losses of single steps", async () => {
  const alone = tinySetting();
  using _alone = alone.made;
  const expected: number[] = [];
  for (let step = 0; step < 10; step++) {
    expected.push((await trainStep(alone.setting, tinyBatch(step), 1e-3)).loss);
  }
  for (const readEvery of [1, 4]) {
    const { setting, made } = tinySetting();
    using _made = made;
    using stepper = new Stepper(setting, readEvery);
    const taken: StepTaken[] = [];
    for (let step = 0; step < 10; step++) {
      taken.push(...await stepper.step(tinyBatch(step), 1e-3));
      assert.equal(taken.length, Math.floor((step + 1) / readEvery) * readEvery);
    }
    taken.push(...await stepper.finish());
    assert.deepEqual(taken.map(({ batch }) => batch.index), expected.map((_, step) => step));
    assert.deepEqual(taken.map(({ numbers }) => numbers.loss), expected);
    assert.deepEqual(await stepper.finish(), []);
  }
});

Deno.test("Stepper frees the losses that nobody read", async () => {
  const { setting, made } = tinySetting();
  using _made = made;
  await trainStep(setting, tinyBatch(0), 1e-3);
  const before = liveTensors();
  const stepper = new Stepper(setting, 4);
  for (let step = 0; step < 3; step++) await stepper.step(tinyBatch(step), 1e-3);
  assert.equal(liveTensors(), before + 3);
  stepper[Symbol.dispose]();
  assert.equal(liveTensors(), before);
});
