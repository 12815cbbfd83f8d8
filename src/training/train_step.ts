import type { Batch } from "../data/batches.ts";
import type { Adam } from "../network/adam.ts";
import { backward, gatherImages } from "../network/backbone.ts";
import type { Normalisation } from "../normalisation.ts";
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
import type { Tensor } from "../tensor/tensor.ts";

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
 * One training step: embeds the batch, loss, backward, Adam. Returns the loss before the update; when that is
 * not finite, nothing is updated.
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
 * The same without waiting for the device: returns the loss as `lossNumbers` takes it, to be read later. A
 * loss that is not finite is updated by too, so whoever reads it must not store what comes after it.
 */
export async function trainStepUnread(
  setting: StepSetting,
  batch: Batch,
  learningRate: number,
): Promise<Tensor> {
  using made = new DisposableStack();
  const loss = await forward(setting, batch, made);
  const unread = flattened(loss);
  await update(setting, loss, learningRate);
  return unread;
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
  const embedded = batch.positions === undefined
    ? await embedRoles(setting, batch, made)
    : [await embedPart(setting, batch, 0, batch.images.length, made)];
  const loss = scope(() => {
    const [anchor, far, near] = batch.positions === undefined
      ? embedded
      : rolesOf(embedded[0], batch.positions, network.device);
    return tripletLoss(
      anchor,
      far,
      near,
      network.masks(longs(batch.notion, network.device)),
      weights,
      embedded,
    );
  });
  for (const tensor of Object.values(loss) as Tensor[]) made.use(tensor);
  return loss;
}

/**
 * Three forward passes in the order anchor, far, near, so that batch-norm statistics are per role (reference
 * code, tripletnet.py).
 */
async function embedRoles(
  setting: StepSetting,
  batch: Batch,
  made: DisposableStack,
): Promise<Tensor[]> {
  const embedded: Tensor[] = [];
  for (let role = 0; role < 3; role++) {
    embedded.push(
      await embedPart(setting, batch, role * batch.size, (role + 1) * batch.size, made),
    );
  }
  return embedded;
}

async function embedPart(
  { network, pack, normalisation }: StepSetting,
  batch: Batch,
  from: number,
  to: number,
  made: DisposableStack,
): Promise<Tensor> {
  using images = await gatherImages(pack, batch.images.subarray(from, to), normalisation, {
    flips: batch.flips.slice(from, to) as Uint8Array<ArrayBuffer>,
    device: network.device,
  });
  const only = network.hasSpecialists ? batch.notion[0] : undefined;
  return made.use(await network.embed(images, { train: true, grad: true, only }));
}

/** The rows of a dense batch's embeddings for anchors, far and near images. */
function rolesOf(embeddings: Tensor, positions: Uint32Array, device: string): Tensor[] {
  const rows = indexSelect(embeddings, 0, longs(positions, device));
  const size = positions.length / 3;
  return [0, 1, 2].map((role) => narrow(rows, 0, role * size, size));
}
