import type { Batch } from "../data/batches.ts";
import type { Adam } from "../network/adam.ts";
import { backward, gatherImages } from "../network/backbone.ts";
import type { Normalisation } from "../normalisation.ts";
import type { Network } from "../network/network.ts";
import {
  type LossNumbers,
  type LossWeights,
  readLoss,
  type TripletLoss,
  tripletLoss,
} from "../network/triplet_loss.ts";
import { toDevice } from "../tensor/operators.ts";
import { scope } from "../tensor/scope.ts";
import { Tensor } from "../tensor/tensor.ts";

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
 * One training step: three forward passes in the order anchor, far, near, so that batch-norm statistics
 * are per role (reference code, tripletnet.py), loss, backward, Adam. Returns the loss before the update;
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
  if (!Number.isFinite(numbers.loss)) return numbers;
  await backward(loss.loss);
  await setting.optimiser.step(learningRate);
  return numbers;
}

async function forward(
  setting: StepSetting,
  batch: Batch,
  made: DisposableStack,
): Promise<TripletLoss> {
  const { network, weights } = setting;
  const embedded: Tensor[] = [];
  for (let role = 0; role < 3; role++) {
    using images = await gatherRole(setting, batch, role);
    embedded.push(made.use(await network.embed(images, { train: true, grad: true })));
  }
  const [anchor, far, near] = embedded;
  const loss = scope(() => {
    const rows = toDevice(Tensor.from(BigInt64Array.from(batch.notion, BigInt)), network.device);
    return tripletLoss(anchor, far, near, network.masks(rows), weights);
  });
  for (const tensor of Object.values(loss) as Tensor[]) made.use(tensor);
  return loss;
}

function gatherRole(setting: StepSetting, batch: Batch, role: number): Promise<Tensor> {
  const [from, to] = [role * batch.size, (role + 1) * batch.size];
  return gatherImages(setting.pack, batch.images.subarray(from, to), setting.normalisation, {
    flips: batch.flips.slice(from, to) as Uint8Array<ArrayBuffer>,
    device: setting.network.device,
  });
}
