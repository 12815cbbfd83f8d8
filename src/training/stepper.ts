import type { EpochSums } from "../model/trainer_state.ts";
import type { Batch } from "./batches/batches.ts";
import { type LossNumbers, lossNumbers } from "../network/triplet_loss.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type StepSetting, trainStep, trainStepUnread } from "./train_step.ts";

/** A step whose loss was read. */
export interface StepTaken {
  /** Of several processes, the part of the one that asks. */
  readonly batch: Batch;
  /** Of several processes, its own distances, and losses over all of them. */
  readonly numbers: LossNumbers;
  /** Where several processes took it: what it adds to its epoch, over all of them. */
  readonly shared?: EpochSums;
}

/** Takes training steps, and reads their losses one by one or several together. */
export class Stepper implements Disposable {
  readonly #setting: StepSetting;
  readonly #readEvery: number;
  #unread: { batch: Batch; loss: Tensor }[] = [];

  /** Steps are read `readEvery` at a time: more than one where reading waits for a device. */
  constructor(setting: StepSetting, readEvery: number) {
    this.#setting = setting;
    this.#readEvery = readEvery;
  }

  /** Takes a step and returns those that are read by now, in their order; none or several. */
  async step(batch: Batch, learningRate: number): Promise<StepTaken[]> {
    if (this.#readEvery === 1) {
      return [{ batch, numbers: await trainStep(this.#setting, batch, learningRate) }];
    }
    this.#unread.push({ batch, loss: await trainStepUnread(this.#setting, batch, learningRate) });
    return this.#unread.length < this.#readEvery ? [] : await this.finish();
  }

  /** Waits for the device and returns the steps that were not read yet. */
  async finish(): Promise<StepTaken[]> {
    const taken: StepTaken[] = [];
    for (const { batch, loss } of this.#unread.splice(0)) {
      using read = loss;
      taken.push({ batch, numbers: lossNumbers(await read.dataAsync() as Float32Array) });
    }
    return taken;
  }

  [Symbol.dispose](): void {
    for (const { loss } of this.#unread.splice(0)) loss.dispose();
  }
}
