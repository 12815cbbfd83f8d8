/** Training steps of csn and of PyTorch in turn. */
import { Stepper } from "../../src/training/stepper.ts";
import type { StepSetting } from "../../src/training/train_step.ts";
import { compared, type Comparison, inTurn, type Side } from "./comparison.ts";
import type { Partner } from "./partner.ts";
import {
  type BenchOptions,
  randomBatch,
  scaled,
  startPartner,
  stepSetting,
  type Variant,
  variantsFor,
} from "./setting.ts";

/** Steps in one timed run at 112 pixels, of 32 triplets. */
const stepsAt112 = 4;

/** Measures training steps at each size. */
export async function compareSteps(options: BenchOptions): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const size of options.sizes) {
    const steps = stepsOf(size, options);
    options.notice(`training steps at ${size} pixels, ${steps} a run`);
    found.push(...await compareAt(size, steps, options));
  }
  return found;
}

/** All stay loaded and take turns. */
async function compareAt(
  size: number,
  steps: number,
  options: BenchOptions,
): Promise<Comparison[]> {
  const { batchSize, repeats } = options;
  const variants = variantsFor(options);
  const speed = (seconds: number) => steps * batchSize / seconds;
  using made = new DisposableStack();
  await using partners = new AsyncDisposableStack();
  const setting = stepSetting(size, options, made);
  const others: Side[] = [];
  for (const variant of variants) {
    const partner = partners.use(await startStepPartner(size, variant, options));
    others.push(async () => speed(await partner.seconds({ steps })));
  }
  await csnSeconds(setting, 3, options);
  const csn = async () => speed(await csnSeconds(setting, steps, options));
  const pairs = await inTurn(repeats, csn, others);
  return variants.map((against, i) =>
    compared({
      item: "step",
      work: `training, ${size} px, batch ${batchSize}`,
      against,
      unit: "triplets/s",
    }, pairs[i])
  );
}

/** Steps in one timed run. */
export function stepsOf(size: number, options: BenchOptions): number {
  return scaled(stepsAt112 * 32 / options.batchSize, size, options);
}

/** Starts PyTorch's side. */
export async function startStepPartner(
  size: number,
  variant: Variant,
  options: BenchOptions,
): Promise<Partner> {
  return await startPartner("step_speed.py", size, options, { variant });
}

let batches = 0;

/** Takes steps; returns how long they took, with all that they leave a GPU to do. */
export async function csnSeconds(
  setting: StepSetting,
  steps: number,
  { batchSize }: BenchOptions,
): Promise<number> {
  using stepper = new Stepper(setting, steps + 1);
  const began = performance.now();
  for (let step = 0; step < steps; step++) {
    await stepper.step(randomBatch(batches++, batchSize), 5e-5);
  }
  await stepper.finish();
  return (performance.now() - began) / 1000;
}
