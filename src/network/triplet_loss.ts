import {
  add,
  clampMin,
  concatenate,
  divide,
  mean,
  multiply,
  norm,
  pairwiseDistance,
  reshape,
  stack,
  subtract,
} from "../tensor/operators.ts";
import { noGrad, scope } from "../tensor/scope.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { applyMasks } from "./network.ts";

/** Weights of the loss; the defaults of the reference code are 0.2, 5e-3 and 5e-4. */
export interface LossWeights {
  /** How much farther the far image must be than the near one. */
  readonly margin: number;
  /** Weight of the embedding norm. */
  readonly embedding: number;
  /** Weight of the mask norm. */
  readonly mask: number;
}

/** How a loss is computed. */
export interface LossOptions extends LossWeights {
  /** The batches of images whose norms are averaged. @default {the three roles} */
  readonly embedded?: readonly Tensor[];
}

/** Unmasked embeddings [B, D] of a batch of triplets: in a row of each, a triplet. */
export interface TripletRoles {
  /** The images that are compared with. */
  readonly anchor: Tensor;
  /** Those that are unlike the anchors. */
  readonly far: Tensor;
  /** Those that are like them. */
  readonly near: Tensor;
}

/** The loss of a batch and its parts; all tensors are 0-dimensional but the distances [B]. */
export interface TripletLoss {
  /** What training minimises: triplet + embedding and mask norms by their weights. */
  readonly loss: Tensor;
  /** Mean of max(0, D(anchor, near) - D(anchor, far) + margin). */
  readonly triplet: Tensor;
  /** Norm of the embeddings, before it is weighted. */
  readonly embeddingNorm: Tensor;
  /** Norm of the masks, before it is weighted. */
  readonly maskNorm: Tensor;
  /** Distances [B] of the anchors to the far images, masked. */
  readonly far: Tensor;
  /** Distances [B] of the anchors to the near images, masked. */
  readonly near: Tensor;
}

/**
 * The loss of a batch of B triplets (Veit et al. 2017, section 3):
 *
 *     L = mean max(0, D(anchor, near) - D(anchor, far) + margin)
 *         + embedding ||E||_F / sqrt(B) + mask ||M||_1 / B
 *     D(x, y) = || f(x) m_c - f(y) m_c ||_2
 *
 * f(x) are unmasked embeddings (`anchor`, `far`, `near` [B, D]), m_c the mask of a triplet's
 * notion c (`masks` [B, D]), E the embeddings of one role, M the masks. How the norms are scaled
 * and averaged over the three roles follows the reference code (main.py, tripletnet.py). `embedded`
 * are the batches of images whose norms are averaged: the three roles, or the one batch of a dense
 * step, whose images are embedded once for all roles.
 */
export function tripletLoss(
  { anchor, far, near }: TripletRoles,
  masks: Tensor,
  { embedded = [anchor, far, near], ...weights }: LossOptions,
): TripletLoss {
  return scope(() => {
    const batch = anchor.shape[0];
    const maskedAnchor = applyMasks(anchor, masks);
    const farDistance = pairwiseDistance(maskedAnchor, applyMasks(far, masks));
    const nearDistance = pairwiseDistance(maskedAnchor, applyMasks(near, masks));
    const triplet = mean(clampMin(add(subtract(nearDistance, farDistance), weights.margin), 0));
    const embeddingNorm = mean(
      stack(embedded.map((images) => divide(norm(images, 2), Math.sqrt(images.shape[0])))),
    );
    // The three roles of a triplet share its notion, so their mask norms are the same.
    const maskNorm = divide(norm(masks, 1), batch);
    const loss = add(
      add(triplet, multiply(embeddingNorm, weights.embedding)),
      multiply(maskNorm, weights.mask),
    );
    return { loss, triplet, embeddingNorm, maskNorm, far: farDistance, near: nearDistance };
  });
}

/** The numbers of a loss, read in one go. */
export interface LossNumbers {
  /** What training minimises. */
  readonly loss: number;
  /** Its triplet term. */
  readonly triplet: number;
  /** Norm of the embeddings, before it is weighted. */
  readonly embeddingNorm: number;
  /** Norm of the masks, before it is weighted. */
  readonly maskNorm: number;
  /** Distances [B] of the anchors to the far images. */
  readonly far: Float64Array;
  /** Distances [B] of the anchors to the near images. */
  readonly near: Float64Array;
}

/** Reads a loss: [4 + 2B] numbers in one copy. */
export async function readLoss(loss: TripletLoss): Promise<LossNumbers> {
  using flat = flattened(loss);
  return lossNumbers(await flat.dataAsync() as Float32Array);
}

/** A loss as one tensor [4 + 2B] that keeps nothing of the graph, to be read later. */
export function flattened(loss: TripletLoss): Tensor {
  const scalars = [loss.loss, loss.triplet, loss.embeddingNorm, loss.maskNorm];
  return noGrad(() =>
    scope(() => concatenate([...scalars.map((value) => reshape(value, [1])), loss.far, loss.near]))
  );
}

/** What the elements of a `flattened` loss mean. */
export function lossNumbers(flat: ArrayLike<number>): LossNumbers {
  const numbers = Float64Array.from(flat);
  const batch = (numbers.length - 4) / 2;
  return {
    loss: numbers[0],
    triplet: numbers[1],
    embeddingNorm: numbers[2],
    maskNorm: numbers[3],
    far: numbers.subarray(4, 4 + batch),
    near: numbers.subarray(4 + batch),
  };
}
