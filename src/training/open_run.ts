import { shapeOfConfig } from "../model/config.ts";
import type { LearnedImages } from "../model/learned_images.ts";
import { networkShape, networkTensors } from "../model/model_file.ts";
import { Adam } from "../network/adam.ts";
import { initialTensors } from "../network/initialise.ts";
import { Network } from "../network/network.ts";
import {
  checkSameFit,
  checkSameTriplets,
  type PreparedTraining,
  prepareTraining,
} from "./prepare.ts";
import { startingImages, startingTensors } from "./pretrained.ts";
import type { RunPlan } from "./run_plan.ts";
import type { StepSetting } from "./train_step.ts";

/** A run with all that it computes with; disposing frees it. */
export interface OpenedRun extends AsyncDisposable {
  /** What it learns from. */
  readonly data: PreparedTraining;
  /** What its steps work on. */
  readonly setting: StepSetting;
  /** The images that its starting weights come from, where that is known. */
  readonly before: LearnedImages | undefined;
}

/**
 * Makes the data, network and optimiser of a run ready. Throws a CsnError when the data are not
 * those that a run began with that goes on.
 */
export async function openRun(plan: RunPlan): Promise<OpenedRun> {
  const { config, checkpoint, group } = plan;
  const place = group?.place;
  const isFirst = (place?.rank ?? 0) === 0;
  const shape = checkpoint === undefined ? shapeOfConfig(config) : networkShape(checkpoint);
  // Weights first, so that a wrong file fails before decoding starts. Others get those of rank 0.
  const tensors = !isFirst
    ? initialTensors(shape, config.seed)
    : checkpoint === undefined
    ? await startingTensors(config, plan)
    : networkTensors(checkpoint);
  await using made = new AsyncDisposableStack();
  const data = made.use(await prepareTraining(config, { ...plan, place }));
  const before = isFirst
    ? checkpoint?.info.images ?? await startingImages(config, data.set.fit)
    : undefined;
  if (checkpoint !== undefined) {
    checkSameTriplets(checkpoint.info.state!.triplets, data.digest, config.data);
    checkSameFit(checkpoint.info.fit, data.set.fit, config.data);
  }
  const network = made.use(new Network(shape, tensors, config));
  const optimiser = made.use(new Adam(network.parameters()));
  if (checkpoint !== undefined && isFirst) optimiser.load(checkpoint.tensors);
  const setting: StepSetting = {
    network,
    optimiser,
    pack: data.pack,
    normalisation: data.set.normalisation,
    weights: { margin: config.margin, embedding: config.embedLoss, mask: config.maskLoss },
  };
  const opened = made.move();
  return { data, setting, before, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
