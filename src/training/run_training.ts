/** The training loop, read from top to bottom. */
import type { Batch } from "./batches/batches.ts";
import { threads } from "../native/library.ts";
import { learningRateOf } from "../model/config.ts";
import { cutOfEpoch, epochBatches } from "./batches/epoch_batches.ts";
import { evaluate, type Evaluation } from "../model/evaluate.ts";
import type { TrainerState } from "../model/trainer_state.ts";
import { epochMetrics } from "./epoch_metrics.ts";
import { addBatch, beginState, emptySums } from "./epoch_sums.ts";
import { MaskWatch } from "./mask_watch.ts";
import { type OpenedRun, openRun } from "./open_run.ts";
import type { RunPlan } from "./run_plan.ts";
import { RunSaver } from "./run_saver.ts";
import { Stepper, type StepTaken } from "./stepper.ts";
import { startEvent, stepEvent } from "./make_train_events.ts";
import { leftOutWarnings, nothingFormed, stepError } from "./train_messages.ts";

/** How a run ended. */
export interface TrainResult {
  /** False when the signal stopped it before its last epoch. */
  readonly finished: boolean;
  /** Where it was written: `model_best` in this folder is the best model. */
  readonly folder: string;
  /** Where it stands. */
  readonly state: TrainerState;
}

/** Trains a run to its last epoch, or until the signal is aborted. libtorch must be open. */
export async function runTraining(plan: RunPlan): Promise<TrainResult> {
  const { config, folder, onEvent, signal } = plan;
  await using opened = await openRun(plan);
  const run = new Run(plan, opened);
  await run.begin();
  while (run.state.epoch <= config.epochs) {
    await run.trainEpoch();
    if (signal?.aborted) break;
    if (!await run.finishEpoch()) break;
  }
  if (signal?.aborted) await run.save();
  const finished = run.state.epoch > config.epochs;
  onEvent?.({ type: "end", finished, state: structuredClone(run.state) });
  return { finished, folder: folder.path, state: run.state };
}

/** One run: its state, and what an epoch is made of. */
class Run {
  readonly state: TrainerState;
  readonly #plan: RunPlan;
  readonly #opened: OpenedRun;
  readonly #saver: RunSaver;
  readonly #masks: MaskWatch;
  #hasReportedLeftOut = false;
  #validationSeconds = 0;

  constructor(plan: RunPlan, opened: OpenedRun) {
    this.state = beginState(plan.config, opened.data.digest, plan.checkpoint?.info.state);
    this.#plan = plan;
    this.#opened = opened;
    this.#saver = new RunSaver(plan, opened);
    this.#masks = new MaskWatch(opened.setting.network);
  }

  async begin(): Promise<void> {
    const { config, folder, settings, onEvent } = this.#plan;
    await folder.begin(config, { ...settings, threads: threads() });
    onEvent?.(startEvent(this.#plan, this.#opened, await folder.history(), this.state));
  }

  /** Trains what is left of the epoch. */
  async trainEpoch(): Promise<void> {
    const { config, settings, signal } = this.#plan;
    const { data, setting } = this.#opened;
    const { sums, epoch } = this.state;
    const batches = await epochBatches(config, data, epoch, cutOfEpoch(config, data, sums));
    sums.cut = batches.length;
    const learningRate = learningRateOf(config, epoch);
    const readEvery = config.device === "cpu" ? 1 : settings.logInterval;
    using stepper = new Stepper(setting, this.#plan.readEvery ?? readEvery);
    let began = performance.now();
    const add = (taken: readonly StepTaken[]) => {
      const seconds = (performance.now() - began) / 1000;
      for (const each of taken) this.#add(each, seconds / taken.length, batches.length);
    };
    const begun = sums.batches + sums.skipped!;
    for (let next = begun; next < batches.length && !signal?.aborted; next++) {
      const batch = await batches.at(next);
      if (batch === null) {
        sums.skipped! += 1;
        continue;
      }
      const taken = await this.#step(stepper, batch, learningRate);
      add(taken);
      if (taken.length === 0) continue;
      await this.#saver.saveWhenDue(this.state);
      began = performance.now();
    }
    add(await stepper.finish());
    if (!signal?.aborted) this.#reportLeftOut(batches.length);
  }

  async #step(stepper: Stepper, batch: Batch, learningRate: number): Promise<StepTaken[]> {
    try {
      return await stepper.step(batch, learningRate);
    } catch (error) {
      throw stepError(error, this.#plan.config);
    }
  }

  /** Adds a step to the state and reports it. */
  #add({ batch, numbers }: StepTaken, seconds: number, batches: number): void {
    const { config, onEvent } = this.#plan;
    const { sums } = this.state;
    this.#saver.checkLoss(numbers.loss, this.state);
    const before = sums.correct;
    addBatch(sums, numbers, batch, config.margin);
    this.state.steps += 1;
    sums.seconds += seconds;
    onEvent?.(stepEvent(config, this.state, {
      loss: numbers,
      accuracy: (sums.correct - before) / batch.size,
      batches,
      listed: this.#opened.data.train.notion.length,
      validationSeconds: this.#validationSeconds,
    }));
  }

  /** Says once a run what could not be formed of an epoch's images; throws when nothing could. */
  #reportLeftOut(batches: number): void {
    if (this.state.sums.skipped === batches) throw nothingFormed(batches);
    if (this.#hasReportedLeftOut) return;
    const warnings = leftOutWarnings(this.#plan.config, this.state, batches);
    this.#hasReportedLeftOut = warnings.length > 0;
    for (const text of warnings) this.#plan.listener?.warning?.(text);
  }

  /** Validates, logs and saves a trained epoch; false when the signal stopped the validation. */
  async finishEpoch(): Promise<boolean> {
    const { config, folder, listener, onEvent } = this.#plan;
    const validation = await this.#validate();
    if (validation === null) return false;
    this.#validationSeconds = validation.seconds;
    const { network } = this.#opened.setting;
    const masks = network.maskTable();
    const metrics = epochMetrics(config, this.state, validation, {
      // Every tenth epoch, as the reference code draws them (main.py).
      ...(this.state.epoch % 10 === 0 ? { masks } : {}),
      ...this.#masks.look(listener),
    });
    this.#saver.checkWeights(this.state);
    if (metrics.best) {
      this.state.bestAccuracy = validation.accuracy;
      this.state.bestEpoch = this.state.epoch;
      await this.#saver.saveModel(this.state);
    }
    await folder.append(metrics, network.hasLearnedMasks ? masks : undefined);
    this.state.epoch += 1;
    this.state.sums = emptySums(config.notions.length);
    await this.save();
    onEvent?.({ type: "epoch", metrics, validation });
    return true;
  }

  async #validate(): Promise<Evaluation | null> {
    const { signal, listener, config } = this.#plan;
    const { network, pack, normalisation } = this.#opened.setting;
    try {
      return await evaluate(network, pack, this.#opened.data.validation, {
        split: "val",
        normalisation,
        margin: config.margin,
        listener,
        signal,
      });
    } catch (error) {
      if (signal?.aborted) return null;
      throw error;
    }
  }

  /** Writes the checkpoint. */
  save(): Promise<void> {
    return this.#saver.saveCheckpoint(this.state);
  }
}
