/** The training loop, read from top to bottom. */
import type { Batch } from "./batches/batches.ts";
import { CsnError, messageOf } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { threads } from "../native/library.ts";
import { Adam } from "../network/adam.ts";
import type { LossNumbers } from "../network/triplet_loss.ts";
import { Network } from "../network/network.ts";
import type { EpochMetrics } from "./metrics.ts";
import { call } from "../tensor/call.ts";
import { noGrad, scope } from "../tensor/scope.ts";
import type { Tensor } from "../tensor/tensor.ts";
import {
  defaultSettings,
  learningRateOf,
  type RunSettings,
  shapeOfConfig,
  type TrainConfig,
} from "../model/config.ts";
import { epochBatches } from "./batches/epoch_batches.ts";
import { evaluate, type Evaluation } from "../model/evaluate.ts";
import { type LearnedImages, mergeLearned } from "../model/learned_images.ts";
import type { ModelFile } from "../model/model_file.ts";
import { networkShape, networkTensors } from "../model/model_file.ts";
import {
  checkSameFit,
  checkSameTriplets,
  type PreparedTraining,
  prepareTraining,
} from "./prepare.ts";
import { shellWord } from "../base/shell_word.ts";
import type { RunFolder } from "./run_folder.ts";
import { startingImages, startingTensors } from "./pretrained.ts";
import { Stepper, type StepTaken } from "./stepper.ts";
import type { StepSetting } from "./train_step.ts";
import { MaskWatch } from "./mask_watch.ts";
import { addBatch, emptySums, trainMetrics } from "./epoch_sums.ts";
import type { TrainerState } from "../model/trainer_state.ts";

/** What happens while a run trains, in this order: start, then steps, saves and epochs, then end. */
export type TrainEvent =
  | {
    readonly type: "start";
    /** Numbers that training changes, masks included. */
    readonly parameters: number;
    /** Triplets of each notion, and how many its list lacks for its share. */
    readonly triplets: readonly {
      readonly notion: string;
      /** Its number in the image set. */
      readonly condition: number;
      readonly train: number;
      readonly val: number;
      readonly shortfall: number;
    }[];
    /** Epochs that are done already, of a run that goes on. */
    readonly history: readonly EpochMetrics[];
    readonly state: TrainerState;
  }
  | {
    readonly type: "step";
    readonly epoch: number;
    /** Batches done in this epoch, of `batches`. */
    readonly batch: number;
    readonly batches: number;
    readonly batchSize: number;
    /** Training triplets done in this epoch. */
    readonly trained: number;
    /** Training triplets in an epoch; where they are formed in batches, about so many. */
    readonly triplets: number;
    readonly loss: LossNumbers;
    /** Share of this batch's triplets in the right order. */
    readonly accuracy: number;
    /** Running means of the epoch. */
    readonly mean: EpochMetrics["train"];
    readonly tripletsPerSecond: number;
    /** Expected for the rest of the run; validation not counted before the first one. */
    readonly secondsLeft: number;
  }
  | { readonly type: "epoch"; readonly metrics: EpochMetrics; readonly validation: Evaluation }
  | { readonly type: "saved"; readonly path: string };

/** What a run needs. */
export interface TrainOptions {
  /** What is computed. */
  readonly config: TrainConfig;
  /** Where the run is written; opened, so locked, by the caller. */
  readonly folder: RunFolder;
  /** The checkpoint to go on from. */
  readonly checkpoint?: ModelFile;
  /** How the run is carried on, stored with it; nothing that is computed depends on it. */
  readonly settings?: RunSettings;
  /** Folder for packs; see `preparePack`. */
  readonly packDir?: string;
  /** Hears of the data being made ready, and of embedding. */
  readonly listener?: Listener;
  /** Hears of what happens in the run. */
  readonly onEvent?: (event: TrainEvent) => void;
  /** Aborted: the step that runs is finished, a checkpoint saved, and training returns. */
  readonly signal?: AbortSignal;
}

/** How a run ended. */
export interface TrainResult {
  /** False when the signal stopped it before its last epoch. */
  readonly finished: boolean;
  /** Where it stands. */
  readonly state: TrainerState;
}

/** Trains a run to its last epoch, or until the signal is aborted. libtorch must be open. */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { config, checkpoint, signal } = options;
  // Weights first: a wrong file must not be told after all images are decoded.
  const tensors = checkpoint === undefined
    ? await startingTensors(config, options)
    : networkTensors(checkpoint);
  await using prepared = await prepareTraining(config, options);
  const before = checkpoint?.info.images ?? await startingImages(config, prepared.set.fit);
  if (checkpoint !== undefined) {
    checkSameTriplets(checkpoint.info.state!.triplets, prepared.digest, config.data);
    checkSameFit(checkpoint.info.fit, prepared.set.fit, config.data);
  }
  const shape = checkpoint === undefined ? shapeOfConfig(config) : networkShape(checkpoint);
  using network = new Network(shape, tensors, config);
  using optimiser = new Adam(network.parameters());
  if (checkpoint !== undefined) optimiser.load(checkpoint.tensors);
  const run = new Run(options, prepared, {
    network,
    optimiser,
    pack: prepared.pack,
    normalisation: prepared.set.normalisation,
    weights: { margin: config.margin, embedding: config.embedLoss, mask: config.maskLoss },
  }, before);
  await run.start();
  while (run.state.epoch <= config.epochs) {
    await run.trainEpoch();
    if (signal?.aborted) break;
    if (!await run.finishEpoch()) break;
  }
  if (signal?.aborted) await run.save();
  return { finished: run.state.epoch > config.epochs, state: run.state };
}

/** What a run learns from. */
type RunData = Omit<PreparedTraining, "pack" | typeof Symbol.asyncDispose>;

/** One run: its state, and what an epoch is made of. */
class Run {
  readonly state: TrainerState;
  readonly #options: TrainOptions;
  readonly #data: RunData;
  readonly #setting: StepSetting;
  /** The images that the starting weights come from, where that is known. */
  readonly #before: LearnedImages | undefined;
  #hasToldOfLeftOut = false;
  #lastSave = performance.now();
  #validationSeconds = 0;
  readonly #masks: MaskWatch;

  constructor(options: TrainOptions, data: RunData, setting: StepSetting, before?: LearnedImages) {
    this.#options = options;
    this.#data = data;
    this.#setting = setting;
    this.#before = before;
    this.state = structuredClone(options.checkpoint?.info.state) ?? {
      epoch: options.config.startEpoch,
      steps: 0,
      bestAccuracy: -1,
      bestEpoch: 0,
      triplets: data.digest,
      sums: emptySums(options.config.notions.length),
    };
    this.#masks = new MaskWatch(setting.network);
    // A checkpoint may be older than this count: then all its batches were three images a triplet.
    this.state.sums.images ??= 3 * this.state.sums.triplets;
    this.state.sums.skipped ??= 0;
  }

  get #settings(): RunSettings {
    return this.#options.settings ?? defaultSettings;
  }

  async start(): Promise<void> {
    const { config, folder, onEvent } = this.#options;
    await folder.begin(config, { ...this.#settings, threads: threads() });
    const { train, validation } = this.#data;
    onEvent?.({
      type: "start",
      parameters: [...this.#setting.network.parameters().values()].reduce(
        (sum, tensor) => sum + tensor.size,
        0,
      ),
      triplets: train.perNotion.map(({ name, triplets, shortfall }, row) => ({
        notion: name,
        condition: this.#data.set.notions.indexOf(name),
        train: triplets,
        val: validation.perNotion[row].triplets,
        shortfall,
      })),
      history: await folder.history(),
      state: structuredClone(this.state),
    });
  }

  /** Trains what is left of the epoch. */
  async trainEpoch(): Promise<void> {
    const { config, signal } = this.#options;
    const { sums, epoch } = this.state;
    const batches = await epochBatches(config, this.#data, epoch, this.#cutOfEpoch());
    sums.cut = batches.length;
    const learningRate = learningRateOf(config, epoch);
    using stepper = new Stepper(this.#setting, this.#settings.logInterval);
    let began = performance.now();
    const add = (taken: readonly StepTaken[]) => {
      if (taken.length === 0) return;
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
      await this.#saveWhenDue();
      began = performance.now();
    }
    add(await stepper.finish());
    if (!signal?.aborted) this.#tellOfLeftOut(batches.length);
  }

  /** Into how many batches an epoch that goes on was cut; undefined for one that begins. */
  #cutOfEpoch(): number | undefined {
    const { sums } = this.state;
    if (sums.batches + sums.skipped! === 0) return undefined;
    const { values } = this.#data;
    // Before this number was kept, it was rounded; such an epoch ends as it began.
    return sums.cut ??
      (values === null
        ? undefined
        : Math.max(1, Math.round(values.images.length / (3 * this.#options.config.batchSize))));
  }

  /** Says once a run what could not be formed of an epoch's images; throws when nothing could. */
  #tellOfLeftOut(batches: number): void {
    const { config, listener } = this.#options;
    const { sums, epoch } = this.state;
    const skipped = sums.skipped!;
    const why =
      "no image of theirs has one alike and one unlike beside it; raise --batch-size, or pass --sampler triplets";
    if (skipped === batches) {
      throw new CsnError(`Cannot form a triplet in any of the ${batches} batches: ${why}`);
    }
    if (this.#hasToldOfLeftOut) return;
    const without = config.notions.filter((_, row) => sums.notions[row].triplets === 0);
    this.#hasToldOfLeftOut = skipped + without.length > 0;
    if (skipped > 0) {
      listener?.warning?.(
        `${skipped} of the ${batches} batches of epoch ${epoch} were skipped: ${why}`,
      );
    }
    if (without.length > 0) {
      listener?.warning?.(
        `no triplet of ${without.join(", ")} was trained on in epoch ${epoch}`,
      );
    }
  }

  async #step(
    stepper: Stepper,
    batch: Batch,
    learningRate: number,
  ): Promise<StepTaken[]> {
    try {
      return await stepper.step(batch, learningRate);
    } catch (error) {
      if (!/out of memory|can't allocate memory|_ALLOC_FAILED/i.test(messageOf(error))) throw error;
      const { batchSize, imageSize, device, precision } = this.#options.config;
      const half = Math.max(1, Math.floor(batchSize / 2));
      throw new CsnError(
        `Memory of ${device} ran out in a step of ${batchSize} triplets (--batch-size) at ${imageSize} pixels: ${
          messageOf(error).split("\n")[0]
        }; pass --batch-size ${half}${precision === "float32" ? ", or --precision bf16" : ""}`,
        { cause: error },
      );
    }
  }

  #add({ batch, numbers }: StepTaken, seconds: number, batches: number): void {
    const { state } = this;
    if (!Number.isFinite(numbers.loss)) throw this.#diverged(`the loss is ${numbers.loss}`);
    const before = state.sums.correct;
    addBatch(state.sums, numbers, batch, this.#options.config.margin);
    state.steps += 1;
    state.sums.seconds += seconds;
    this.#reportStep(numbers, (state.sums.correct - before) / batch.size, batches);
  }

  /** Validates, logs and saves a trained epoch; false when the signal stopped the validation. */
  async finishEpoch(): Promise<boolean> {
    const { folder, onEvent } = this.#options;
    const validation = await this.#validate();
    if (validation === null) return false;
    this.#validationSeconds = validation.seconds;
    const metrics = this.#metrics(validation);
    this.#checkFinite();
    if (metrics.best) {
      this.state.bestAccuracy = validation.accuracy;
      this.state.bestEpoch = this.state.epoch;
      await folder.saveModel(
        await this.#description(validation.accuracy),
        this.#setting.network.toStored(),
      );
    }
    await folder.append(metrics);
    this.state.epoch += 1;
    this.state.sums = emptySums(this.#options.config.notions.length);
    await this.save();
    onEvent?.({ type: "epoch", metrics, validation });
    return true;
  }

  /** Writes the checkpoint. */
  async save(): Promise<void> {
    this.#checkFinite();
    const { network, optimiser } = this.#setting;
    const path = await this.#options.folder.saveCheckpoint(
      {
        ...await this.#description(this.state.bestAccuracy),
        state: this.state,
        threads: threads(),
        settings: this.#settings,
      },
      new Map([...network.toStored(), ...optimiser.toStored()]),
    );
    this.#lastSave = performance.now();
    this.#options.onEvent?.({ type: "saved", path });
  }

  async #saveWhenDue(): Promise<void> {
    const minutes = (performance.now() - this.#lastSave) / 60_000;
    if (minutes >= (this.#settings.saveEveryMinutes)) await this.save();
  }

  async #validate(): Promise<Evaluation | null> {
    const { signal, listener, config } = this.#options;
    const { network, pack, normalisation } = this.#setting;
    try {
      return await evaluate(network, pack, this.#data.validation, {
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

  #metrics(validation: Evaluation): EpochMetrics {
    const { config } = this.#options;
    const { epoch, steps, sums } = this.state;
    return {
      epoch,
      step: steps,
      learningRate: learningRateOf(config, epoch),
      train: trainMetrics(sums, config.notions),
      validation: {
        loss: validation.loss,
        accuracy: validation.accuracy,
        triplets: validation.triplets,
        notions: validation.notions.map(({ name, triplets, accuracy, loss }) => ({
          name,
          triplets,
          accuracy,
          loss,
        })),
      },
      // Every tenth epoch, as the reference code draws them (main.py).
      ...(epoch % 10 === 0 ? { masks: this.#setting.network.maskTable() } : {}),
      ...this.#masks.look(this.#options.listener),
      best: validation.accuracy > this.state.bestAccuracy,
      seconds: sums.seconds + validation.seconds,
      tripletsPerSecond: sums.triplets / sums.seconds,
      threads: threads(),
    };
  }

  #reportStep(loss: LossNumbers, accuracy: number, batches: number): void {
    const { config, onEvent } = this.#options;
    const { epoch, sums } = this.state;
    const done = sums.batches + sums.skipped!;
    const secondsPerBatch = sums.seconds / sums.batches;
    const epochsAfter = config.epochs - epoch;
    onEvent?.({
      type: "step",
      epoch,
      batch: done,
      batches,
      batchSize: config.batchSize,
      trained: sums.triplets,
      triplets: config.sampler === "dense-values"
        ? Math.round(sums.triplets / sums.batches * batches)
        : this.#data.train.notion.length,
      loss,
      accuracy,
      mean: trainMetrics(sums, config.notions),
      tripletsPerSecond: sums.triplets / sums.seconds,
      secondsLeft: secondsPerBatch * (batches - done + epochsAfter * batches) +
        this.#validationSeconds * (epochsAfter + 1),
    });
  }

  async #description(accuracy: number) {
    const { config, folder } = this.#options;
    const images = mergeLearned(this.#before, await this.#data.remembered.images);
    return {
      libtorch: folder.libtorch,
      notions: config.notions,
      dimension: this.#setting.network.shape.dimension,
      masks: config.masks,
      imageSize: config.imageSize,
      fit: this.#data.set.fit,
      normalisation: this.#data.set.normalisation,
      config,
      epoch: this.state.epoch,
      accuracy,
      images,
    };
  }

  /** A finite loss can still be followed by an update to NaN: such weights must not replace good ones. */
  #checkFinite(): void {
    const bad = [...this.#setting.network.tensors].find(([, tensor]) => !isFiniteTensor(tensor));
    if (bad !== undefined) throw this.#diverged(`the tensor "${bad[0]}" is no longer finite`);
  }

  #diverged(what: string): CsnError {
    const { config, folder } = this.#options;
    const good = folder.lastCheckpoint();
    return new CsnError(
      `Training stopped in epoch ${this.state.epoch}, batch ${
        this.state.sums.batches + this.state.sums.skipped! + 1
      }: ${what}; ` +
        (good === null ? "no checkpoint was saved yet" : `the last good checkpoint is ${good}`) +
        `; start again with a lower rate: \`deno task train --name ${
          shellWord(config.name)
        } --overwrite --lr ${config.learningRate / 10} ...\``,
    );
  }
}

function isFiniteTensor(tensor: Tensor): boolean {
  return noGrad(() => scope(() => Number.isFinite(call("aten::sum", tensor).item())));
}
