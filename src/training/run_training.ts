/** The training loop, read from top to bottom. */
import type { Batch, BatchSource } from "./batches/batches.ts";
import { sharedBatches } from "./batches/shared_batches.ts";
import { allOrNone } from "../distributed/all_or_none.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import { threads } from "../native/library.ts";
import { learningRateOf } from "../model/config.ts";
import { cutOfEpoch, epochBatches } from "./batches/epoch_batches.ts";
import { evaluate, type Evaluation } from "../model/evaluate.ts";
import { StoppedElsewhere } from "../distributed/stopped_elsewhere.ts";
import type { TrainerState } from "../model/trainer_state.ts";
import { epochMetrics } from "./epoch_metrics.ts";
import { addBatch, addShared, beginState, emptySums } from "./epoch_sums.ts";
import { MaskWatch } from "./mask_watch.ts";
import { type OpenedRun, openRun } from "./open_run.ts";
import type { RunPlan } from "./run_plan.ts";
import { RunSaver } from "./run_saver.ts";
import { shareState, shareStatistics } from "./shared_state.ts";
import { SharedStepper } from "./shared_stepper.ts";
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
  const group = plan.group ?? null;
  await using made = new AsyncDisposableStack();
  const opened = await allOrNone(group, async () => made.use(await openRun(plan)), signal);
  const run = new Run(plan, opened);
  await run.begin();
  while (run.state.epoch <= config.epochs) {
    await run.trainEpoch();
    if (run.isStopped) break;
    if (!await run.finishEpoch()) break;
  }
  if (run.isStopped) await run.save();
  const finished = run.state.epoch > config.epochs;
  await folder.end(finished);
  // A launcher ends all processes once one has ended: none may still be writing then.
  await group?.barrier();
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
  /** Where there are other processes. */
  readonly #group: ProcessGroup | null;
  readonly #readEvery: number;
  #hasAgreedToStop = false;
  #hasReportedLeftOut = false;
  #validationSeconds = 0;

  constructor(plan: RunPlan, opened: OpenedRun) {
    this.state = beginState(plan.config, opened.data.digest, plan.checkpoint?.info.state);
    this.#plan = plan;
    this.#opened = opened;
    this.#saver = new RunSaver(plan, opened);
    this.#masks = new MaskWatch(opened.setting.network);
    const { group, config, settings } = plan;
    this.#group = group === undefined || group.place.world === 1 ? null : group;
    this.#readEvery = plan.readEvery ?? (config.device === "cpu" ? 1 : settings.logInterval);
  }

  /** Whether the signal was aborted; of several processes, whether they agreed to stop. */
  get isStopped(): boolean {
    if (this.#group === null) return this.#plan.signal?.aborted ?? false;
    return this.#hasAgreedToStop;
  }

  async begin(): Promise<void> {
    const { config, folder, settings, onEvent } = this.#plan;
    const { data, setting } = this.#opened;
    const readEvery = this.#readEvery;
    if (this.#group !== null) {
      await shareState(this.#group, config, { data, setting, readEvery });
    }
    await allOrNone(
      this.#group,
      () => folder.begin(config, { ...settings, threads: threads() }),
    );
    onEvent?.(startEvent(this.#plan, this.#opened, await folder.history(), this.state));
  }

  /** Trains what is left of the epoch. */
  async trainEpoch(): Promise<void> {
    const { config } = this.#plan;
    const { sums, epoch } = this.state;
    const batches = await this.#batches();
    sums.cut = batches.length;
    const learningRate = learningRateOf(config, epoch);
    using stepper = this.#stepper();
    let began = performance.now();
    const add = (taken: readonly StepTaken[]) => {
      const seconds = (performance.now() - began) / 1000;
      for (const each of taken) this.#add(each, seconds / taken.length, batches.length);
    };
    const begun = sums.batches + sums.skipped!;
    for (let next = begun; next < batches.length && !this.isStopped; next++) {
      const batch = await batches.at(next);
      if (batch === null) {
        sums.skipped! += 1;
        continue;
      }
      const taken = await this.#step(stepper, batch, learningRate);
      add(taken);
      if (taken.length === 0) continue;
      if (this.#heed(stepper).save) await this.save();
      began = performance.now();
    }
    add(await stepper.finish());
    this.#heed(stepper);
    if (!this.isStopped) this.#reportLeftOut(batches.length);
  }

  #batches(): Promise<BatchSource> {
    const { config } = this.#plan;
    const { data } = this.#opened;
    const { sums, epoch } = this.state;
    const cut = cutOfEpoch(config, data, sums);
    return this.#group === null
      ? epochBatches(config, data, epoch, cut)
      : sharedBatches(config, data, epoch, { group: this.#group, cut });
  }

  #stepper(): Stepper | SharedStepper {
    const { config, signal } = this.#plan;
    const { setting } = this.#opened;
    if (this.#group === null) return new Stepper(setting, this.#readEvery);
    return new SharedStepper(setting, {
      group: this.#group,
      readEvery: this.#readEvery,
      config,
      // Rank 0 alone saves, so it alone knows when.
      wishes: () => ({
        stop: signal?.aborted ?? false,
        save: this.#group!.place.rank === 0 && this.#saver.isDue,
      }),
    });
  }

  /** What is to be done after a step: several processes do what one of them wants. */
  #heed(stepper: Stepper | SharedStepper): { readonly save: boolean } {
    if (stepper instanceof Stepper) return { save: this.#saver.isDue };
    this.#hasAgreedToStop ||= stepper.wishes.stop;
    return stepper.wishes;
  }

  async #step(
    stepper: Stepper | SharedStepper,
    batch: Batch,
    learningRate: number,
  ): Promise<StepTaken[]> {
    try {
      return await stepper.step(batch, learningRate);
    } catch (error) {
      throw stepError(error, this.#plan.config);
    }
  }

  /** Adds a step to the state and reports it. */
  #add({ batch, numbers, shared }: StepTaken, seconds: number, batches: number): void {
    const { config, onEvent } = this.#plan;
    const { sums } = this.state;
    this.#saver.checkLoss(numbers.loss, this.state);
    const before = { ...sums };
    if (shared === undefined) addBatch(sums, numbers, batch, config.margin);
    else addShared(sums, shared);
    const size = sums.triplets - before.triplets;
    this.state.steps += 1;
    sums.seconds += seconds;
    onEvent?.(stepEvent(config, this.state, {
      loss: numbers,
      size,
      accuracy: (sums.correct - before.correct) / size,
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
    if (this.#group !== null) await shareStatistics(this.#group, this.#opened.setting);
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
        group: this.#group ?? undefined,
      });
    } catch (error) {
      if (error instanceof StoppedElsewhere || signal?.aborted) {
        this.#hasAgreedToStop = true;
        return null;
      }
      throw error;
    }
  }

  /** Writes the checkpoint. */
  save(): Promise<void> {
    return this.#saver.saveCheckpoint(this.state);
  }
}
