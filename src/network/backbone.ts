import { CsnError } from "../base/errors.ts";
import { checked, cString, cStrings, enqueue, native } from "../native/library.ts";
import type { Normalisation } from "./normalisation.ts";
import { dtypeCode } from "../tensor/dtype.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Features that the last stage of the convolutional part gives; input of `fc_embed`. */
export const backboneFeatures = 256;

/** One tensor of the backbone, by torchvision's name. */
export interface BackbonePart {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: "convolution" | "scale" | "shift" | "mean" | "variance" | "counter" | "linear";
}

/**
 * The tensors of a ResNet-18 without its fourth stage and with a linear embedding of `dimension`
 * outputs (reference code, Resnet_18.py), in torchvision's order.
 */
export function backboneParts(dimension: number): BackbonePart[] {
  return [
    { name: "conv1.weight", shape: [64, 3, 7, 7], kind: "convolution" },
    ...batchNorm("bn1", 64),
    ...stage("layer1", 64, 64),
    ...stage("layer2", 64, 128),
    ...stage("layer3", 128, backboneFeatures),
    { name: "fc_embed.weight", shape: [dimension, backboneFeatures], kind: "linear" },
    { name: "fc_embed.bias", shape: [dimension], kind: "linear" },
  ];
}

function stage(name: string, from: number, to: number): BackbonePart[] {
  return [...block(`${name}.0`, from, to), ...block(`${name}.1`, to, to)];
}

function block(name: string, from: number, to: number): BackbonePart[] {
  const parts: BackbonePart[] = [
    { name: `${name}.conv1.weight`, shape: [to, from, 3, 3], kind: "convolution" },
    ...batchNorm(`${name}.bn1`, to),
    { name: `${name}.conv2.weight`, shape: [to, to, 3, 3], kind: "convolution" },
    ...batchNorm(`${name}.bn2`, to),
  ];
  if (from === to) return parts;
  return [
    ...parts,
    { name: `${name}.downsample.0.weight`, shape: [to, from, 1, 1], kind: "convolution" },
    ...batchNorm(`${name}.downsample.1`, to),
  ];
}

function batchNorm(name: string, channels: number): BackbonePart[] {
  return [
    { name: `${name}.weight`, shape: [channels], kind: "scale" },
    { name: `${name}.bias`, shape: [channels], kind: "shift" },
    { name: `${name}.running_mean`, shape: [channels], kind: "mean" },
    { name: `${name}.running_var`, shape: [channels], kind: "variance" },
    { name: `${name}.num_batches_tracked`, shape: [], kind: "counter" },
  ];
}

/** The convolutional network in the shim, over tensors that TypeScript names and owns. */
export class Backbone implements Disposable {
  #number = 0;

  /** Shares `tensors` (torchvision's names). Throws a CsnError that names one that is missing. */
  constructor(tensors: ReadonlyMap<string, Tensor>) {
    const names = cStrings([...tensors.keys()]);
    const handles = Float64Array.from(tensors.values(), (tensor) => tensor.handle);
    checked((err, cap) => {
      this.#number = native().csn_backbone_new(names, handles, handles.length, err, cap);
      return this.#number !== 0;
    });
  }

  /**
   * Embeds `images` [B, 3, H, W] to [B, D]. In `train` mode batch norm uses the batch's statistics,
   * each of `groups` equal parts its own, and updates the running ones; with `grad` a backward pass
   * can follow; with `bf16` convolutions and the linear layer compute in bfloat16.
   */
  async embed(
    images: Tensor,
    mode: {
      readonly train: boolean;
      readonly grad: boolean;
      readonly bf16: boolean;
      readonly groups: number;
    },
  ): Promise<Tensor> {
    const handle = await enqueue(
      (err, cap) =>
        native().csn_backbone_forward(
          this.#number,
          images.handle,
          mode.groups,
          mode.train ? 1 : 0,
          mode.grad ? 1 : 0,
          mode.bf16 ? 1 : 0,
          err,
          cap,
        ),
      (found) => found === 0,
      [images],
    );
    return new Tensor(handle);
  }

  [Symbol.dispose](): void {
    if (this.#number === 0) return;
    checked((err, cap) => native().csn_backbone_free(this.#number, err, cap) === 0);
    this.#number = 0;
  }
}

/** How images are gathered. */
export interface GatherOptions {
  /** How pixels are scaled. */
  readonly normalisation: Normalisation;
  /** One an image: 1 where it is mirrored. @default {none is} */
  readonly flips?: Uint8Array;
  /** Where they go. @default {"cpu"} */
  readonly device?: string;
  /** Their numbers. @default {"float32"} */
  readonly dtype?: "float32" | "float64";
}

/**
 * Rows `indices` of `pack` (uint8 [N, H, W, 3]) as normalised images [n, 3, H, W] (channels-last),
 * mirrored where `flips` is 1. Copies what it is given, so that the arrays may be used again at
 * once. Throws a CsnError when an index is no row of the pack, or `flips` is not one 0 or 1 an
 * image.
 */
export async function gatherImages(
  pack: Tensor,
  indices: ArrayLike<number>,
  options: GatherOptions,
): Promise<Tensor> {
  const rows = rowsOf(indices);
  const flips = options.flips === undefined ? null : checkedFlips(options.flips, rows.length);
  const { normalisation } = options;
  const mean = Float64Array.from(normalisation.mean);
  const std = Float64Array.from(normalisation.std);
  const device = cString(options.device ?? "cpu");
  const dtype = dtypeCode(options.dtype ?? "float32");
  const handle = await enqueue(
    (err, cap) =>
      native().csn_gather_images(
        pack.handle,
        rows,
        flips,
        rows.length,
        mean,
        std,
        device,
        dtype,
        err,
        cap,
      ),
    (found) => found === 0,
    [pack, rows, flips, mean, std, device],
  );
  return new Tensor(handle);
}

function rowsOf(indices: ArrayLike<number>): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(indices, (index) => {
    if (Number.isSafeInteger(index)) return BigInt(index);
    throw new CsnError(`Cannot gather images: ${index} is no index; indices are whole numbers`);
  });
}

/** The shim reads one flip for each image, without knowing how many there are. */
function checkedFlips(flips: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
  if (flips.length === count && flips.every((flip) => flip <= 1)) return flips.slice();
  throw new CsnError(
    `Cannot gather images: found ${flips.length} flips for ${count} images; there should be one an image, 0 or 1`,
  );
}
