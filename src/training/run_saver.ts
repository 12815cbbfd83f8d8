import { mergeLearned } from "../model/learned_images.ts";
import type { TrainerState } from "../model/trainer_state.ts";
import { threads } from "../native/library.ts";
import { isFiniteTensor } from "../tensor/is_finite_tensor.ts";
import type { OpenedRun } from "./open_run.ts";
import type { RunDescription } from "./run_folder.ts";
import type { RunPlan } from "./run_plan.ts";
import { diverged } from "./train_messages.ts";
import { UnwrittenRun } from "./unwritten_run.ts";

/** Saves the model and the checkpoint of a run, as long as its numbers are finite. */
export class RunSaver {
  readonly #plan: RunPlan;
  readonly #opened: OpenedRun;
  #lastSave = performance.now();

  /** Counts the time to the next checkpoint from now on. */
  constructor(plan: RunPlan, opened: OpenedRun) {
    this.#plan = plan;
    this.#opened = opened;
  }

  /** Throws a CsnError that names the last good checkpoint when a loss is not finite. */
  checkLoss(loss: number, state: TrainerState): void {
    if (!Number.isFinite(loss)) throw this.#diverged(`the loss is ${loss}`, state);
  }

  /**
   * The same when the weights are not: a finite loss can still be followed by an update to NaN, and
   * such weights must not replace good ones.
   */
  checkWeights(state: TrainerState): void {
    const { tensors } = this.#opened.setting.network;
    const bad = [...tensors].find(([, tensor]) => !isFiniteTensor(tensor));
    if (bad !== undefined) {
      throw this.#diverged(`the tensor "${bad[0]}" is no longer finite`, state);
    }
  }

  /** Writes model_best: the weights as they are, which are the best so far. */
  async saveModel(state: TrainerState): Promise<void> {
    const { folder } = this.#plan;
    if (folder instanceof UnwrittenRun) return;
    await folder.saveModel(
      await this.#description(state),
      this.#opened.setting.network.toStored(),
    );
  }

  /** Writes the checkpoint and reports it. */
  async saveCheckpoint(state: TrainerState): Promise<void> {
    const { folder, settings, onEvent } = this.#plan;
    const { network, optimiser } = this.#opened.setting;
    this.checkWeights(state);
    if (folder instanceof UnwrittenRun) return folder.noteCheckpoint();
    const world = this.#plan.group?.place.world ?? 1;
    const path = await folder.saveCheckpoint(
      {
        ...await this.#description(state),
        ...{ state, threads: threads(), settings },
        ...world > 1 && { world },
      },
      new Map([...network.toStored(), ...optimiser.toStored()]),
    );
    this.#lastSave = performance.now();
    onEvent?.({ type: "saved", path });
  }

  /** Whether the last checkpoint is as old as the settings allow. */
  get isDue(): boolean {
    const minutes = (performance.now() - this.#lastSave) / 60_000;
    return minutes >= this.#plan.settings.saveEveryMinutes;
  }

  async #description(state: TrainerState): Promise<RunDescription> {
    const { config, folder } = this.#plan;
    const { data, setting, before } = this.#opened;
    return {
      libtorch: folder.libtorch,
      notions: config.notions,
      dimension: setting.network.shape.dimension,
      variant: config.variant,
      imageSize: config.imageSize,
      fit: data.set.fit,
      normalisation: setting.normalisation,
      config,
      epoch: state.epoch,
      accuracy: state.bestAccuracy,
      images: mergeLearned(before, await data.remembered!.images),
    };
  }

  #diverged(what: string, state: TrainerState): Error {
    const { config, folder } = this.#plan;
    return diverged(what, config, state, folder.lastCheckpoint());
  }
}
