import type { Batch } from "./batches/batches.ts";
import { namedTensors } from "../distributed/named_tensors.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import type { Adam } from "../network/adam.ts";
import { gatherImages } from "../network/backbone.ts";
import { backward } from "../tensor/backward.ts";
import type { Normalisation } from "../network/normalisation.ts";
import type { Network } from "../network/network.ts";
import {
  flattened,
  type LossNumbers,
  type LossWeights,
  readLoss,
  type TripletLoss,
  tripletLoss,
} from "../network/triplet_loss.ts";
import { indexSelect, longs, narrow } from "../tensor/operators.ts";
import { scope } from "../tensor/scope.ts";
import { clearGrads, type Tensor } from "../tensor/tensor.ts";

/** What one step works on. */
export interface StepSetting {
  readonly network: Network;
  readonly optimiser: Adam;
  /** uint8 [N, H, W, 3]. */
  readonly pack: Tensor;
  readonly normalisation: Normalisation;
  readonly weights: LossWeights;
}

/**
 * One training step: embeds the batch, loss, backward, Adam. Returns the loss before the update;
 * when that is not finite, nothing is updated.
 */
export async function trainStep(
  setting: StepSetting,
  batch: Batch,
  learningRate: number,
): Promise<LossNumbers> {
  using made = new DisposableStack();
  const loss = await forward(setting, batch, made);
  const numbers = await readLoss(loss);
  if (Number.isFinite(numbers.loss)) await update(setting, loss, learningRate);
  return numbers;
}

/**
 * The same without waiting for the device: returns the loss as `lossNumbers` takes it, to be read
 * later. A loss that is not finite is updated by too, so weights after it must not be stored.
 */
export async function trainStepUnread(
  setting: StepSetting,
  batch: Batch,
  learningRate: number,
): Promise<Tensor> {
  using made = new DisposableStack();
  const loss = await forward(setting, batch, made);
  return await flatOf(loss, () => update(setting, loss, learningRate));
}

/** How the processes of a group take a step together. */
export interface SharedStepOptions {
  readonly group: ProcessGroup;
  /** Of this process's losses: what is summed over the processes; as many numbers everywhere. */
  readonly numbersOf: (numbers: LossNumbers) => readonly number[];
}

/**
 * `trainStep` of a group: each process computes its part of the batch, and all update by the
 * gradients of the whole. Returns the losses of the part, and the sums of the processes' numbers;
 * where the first of these is not finite, no process updates.
 */
export async function sharedTrainStep(
  setting: StepSetting,
  batch: Batch,
  learningRate: number,
  { group, numbersOf }: SharedStepOptions,
): Promise<{ numbers: LossNumbers; sums: Float64Array }> {
  using made = new DisposableStack();
  const loss = await forward(setting, batch, made);
  const numbers = await readLoss(loss);
  const sums = await summedBackward(setting, loss, batch, group, numbersOf(numbers));
  if (Number.isFinite(sums[0])) await setting.optimiser.step(learningRate);
  else clearGrads(namedTensors(setting.network.parameters()));
  return { numbers, sums };
}

/** `trainStepUnread` of a group: each process computes its part of the batch. */
export async function sharedTrainStepUnread(
  setting: StepSetting,
  batch: Batch,
  learningRate: number,
  group: ProcessGroup,
): Promise<Tensor> {
  using made = new DisposableStack();
  const loss = await forward(setting, batch, made);
  return await flatOf(loss, async () => {
    await summedBackward(setting, loss, batch, group, []);
    await setting.optimiser.step(learningRate);
  });
}

function summedBackward(
  { network }: StepSetting,
  { loss }: TripletLoss,
  { share = 1 }: Batch,
  group: ProcessGroup,
  numbers: readonly number[],
): Promise<Float64Array> {
  return group.backward(loss, namedTensors(network.parameters()), { share, numbers });
}

/** Reads nothing of a loss before the update, which frees what it came from. */
async function flatOf(loss: TripletLoss, updated: () => Promise<void>): Promise<Tensor> {
  using unread = new DisposableStack();
  const flat = unread.use(flattened(loss));
  await updated();
  unread.move();
  return flat;
}

async function update(
  { optimiser }: StepSetting,
  { loss }: TripletLoss,
  learningRate: number,
): Promise<void> {
  await backward(loss);
  await optimiser.step(learningRate);
}

async function forward(
  setting: StepSetting,
  batch: Batch,
  made: DisposableStack,
): Promise<TripletLoss> {
  const { network, weights } = setting;
  const { positions } = batch;
  const embedded = await embedBatch(setting, batch, made);
  const loss = scope(() => {
    const roles = rolesOf(
      positions === undefined ? embedded : indexSelect(embedded, longs(positions, network.device)),
    );
    const [anchor, far, near] = roles;
    return tripletLoss(
      { anchor, far, near },
      network.masks(longs(batch.notion, network.device)),
      { ...weights, embedded: positions === undefined ? roles : [embedded] },
    );
  });
  for (const tensor of Object.values(loss) as Tensor[]) made.use(tensor);
  return loss;
}

/**
 * All images of a batch; of triplets as if in three forward passes in the order anchor, far, near,
 * so that batch-norm statistics are per role (reference code, tripletnet.py).
 */
async function embedBatch(
  { network, pack, normalisation }: StepSetting,
  batch: Batch,
  made: DisposableStack,
): Promise<Tensor> {
  using images = await gatherImages(pack, batch.images, {
    normalisation,
    flips: batch.flips as Uint8Array<ArrayBuffer>,
    device: network.device,
  });
  return made.use(
    await network.embed(images, {
      train: true,
      grad: true,
      groups: batch.positions === undefined ? 3 : 1,
      only: network.hasSpecialists ? batch.notion[0] : undefined,
    }),
  );
}

/** The anchors, far and near images of rows [3 B, D]. */
function rolesOf(rows: Tensor): Tensor[] {
  const size = rows.shape[0] / 3;
  return [0, 1, 2].map((role) => narrow(rows, { dim: 0, start: role * size, length: size }));
}
