import type { ProcessGroup } from "../distributed/process_group.ts";
import type { TrainConfig } from "../model/config.ts";
import { type LossNumbers, lossNumbers } from "../network/triplet_loss.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Batch } from "./batches/batches.ts";
import { readStep, stepLength, stepNumbers, type Wishes } from "./step_numbers.ts";
import type { StepTaken } from "./stepper.ts";
import { sharedTrainStep, sharedTrainStepUnread, type StepSetting } from "./train_step.ts";

/** What a stepper of several processes needs. */
export interface SharedStepperOptions {
  /** The processes. */
  readonly group: ProcessGroup;
  /** Steps that are read together; the same on all ranks. */
  readonly readEvery: number;
  /** The run. */
  readonly config: Pick<TrainConfig, "notions" | "margin">;
  /** What this process wants when a step is taken. */
  readonly wishes: () => Wishes;
}

/**
 * As `Stepper`, with the other processes of a group: each takes the step of its part, and all know
 * the same of it.
 */
export class SharedStepper implements Disposable {
  /** What any process wanted when steps were read last. */
  wishes: Wishes = { stop: false, save: false };
  readonly #setting: StepSetting;
  readonly #options: SharedStepperOptions;
  #unread: { batch: Batch; loss: Tensor }[] = [];

  constructor(setting: StepSetting, options: SharedStepperOptions) {
    this.#setting = setting;
    this.#options = options;
  }

  /** Takes a step and returns those that are read by now, in their order; none or several. */
  async step(batch: Batch, learningRate: number): Promise<StepTaken[]> {
    const { group, readEvery } = this.#options;
    if (readEvery > 1) {
      const loss = await sharedTrainStepUnread(this.#setting, batch, learningRate, group);
      this.#unread.push({ batch, loss });
      return this.#unread.length < readEvery ? [] : await this.finish();
    }
    const { numbers, sums } = await sharedTrainStep(this.#setting, batch, learningRate, {
      group,
      numbersOf: (numbers) => this.#numbersOf(batch, numbers),
    });
    return [this.#taken(batch, numbers, sums)];
  }

  /** Waits for the device and the others, and returns the steps that were not read yet. */
  async finish(): Promise<StepTaken[]> {
    const read: { batch: Batch; numbers: LossNumbers }[] = [];
    for (const { batch, loss } of this.#unread.splice(0)) {
      using unread = loss;
      read.push({ batch, numbers: lossNumbers(await unread.dataAsync() as Float32Array) });
    }
    const sums = await this.#options.group.sum(
      read.flatMap(({ batch, numbers }) => this.#numbersOf(batch, numbers)),
    );
    const length = stepLength(this.#options.config);
    return read.map(({ batch, numbers }, i) =>
      this.#taken(batch, numbers, sums.subarray(i * length, (i + 1) * length))
    );
  }

  #numbersOf(batch: Batch, numbers: LossNumbers): number[] {
    return stepNumbers(this.#options.config, batch, numbers, this.#options.wishes());
  }

  #taken(batch: Batch, own: LossNumbers, sums: Float64Array): StepTaken {
    const shared = readStep(this.#options.config, sums);
    this.wishes = shared.wishes;
    return { batch, numbers: { ...own, ...shared.loss }, shared: shared.sums };
  }

  [Symbol.dispose](): void {
    for (const { loss } of this.#unread.splice(0)) loss.dispose();
  }
}
