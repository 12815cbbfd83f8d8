import { randomNormal, randomUnit } from "../base/random.ts";
import type { StoredTensor } from "../tensor/safetensors.ts";
import { backboneFeatures, type BackbonePart, backboneParts } from "./backbone.ts";
import { disjointMasks, learnedMaskStart, preinElsewhere } from "./masks.ts";
import type { Variant } from "./variant.ts";

/** What a network is made of. */
export interface NetworkShape {
  /** Names of the notions; row i of the masks belongs to notion i. */
  readonly notions: readonly string[];
  /** Dimensions of an embedding; of specialists, of all of them together. */
  readonly dimension: number;
  /** Which of the paper's networks it is. */
  readonly variant: Variant;
}

/** Streams of random numbers, one a tensor, apart from those that training draws from. */
const firstStream = 1_000_000;

/** Streams of one backbone: more than it has tensors. */
const streamsEach = 1000;

/** The backbones of a network: what the names of each one's tensors begin with, and its outputs. */
export function backbonesOf(
  { notions, dimension, variant }: NetworkShape,
): { readonly prefix: string; readonly dimension: number }[] {
  if (variant !== "specialists") return [{ prefix: "backbone.", dimension }];
  return notions.map((_, row) => ({
    prefix: `backbones.${row}.`,
    dimension: dimension / notions.length,
  }));
}

/**
 * All tensors of a new network, by name, drawn from `seed`: convolutions from N(0, 2 / (k k out)),
 * batch norm at 1 and 0 (reference code, Resnet_18.py), the embedding as torch.nn.Linear, masks by
 * the variant.
 */
export function initialTensors(shape: NetworkShape, seed: number): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  backbonesOf(shape).forEach(({ prefix, dimension }, row) => {
    backboneParts(dimension).forEach((part, index) => {
      const stream = firstStream + streamsEach * row + index;
      tensors.set(prefix + part.name, initialPart(part, seed, stream));
    });
  });
  tensors.set(
    "masks.weight",
    stored(initialMasks(shape, seed), [shape.notions.length, shape.dimension]),
  );
  return tensors;
}

function initialPart(part: BackbonePart, seed: number, stream: number): StoredTensor {
  const count = part.shape.reduce((product, size) => product * size, 1);
  switch (part.kind) {
    case "convolution": {
      const [out, , height, width] = part.shape;
      const deviation = Math.sqrt(2 / (height * width * out));
      return stored(
        filled(count, (i) => deviation * randomNormal(seed, stream, i)),
        part.shape,
      );
    }
    case "linear": {
      // torch.nn.Linear: weight and bias uniform within 1 / sqrt(inputs).
      const bound = 1 / Math.sqrt(backboneFeatures);
      return stored(
        filled(count, (i) => bound * (2 * randomUnit(seed, stream, i) - 1)),
        part.shape,
      );
    }
    case "counter":
      return { dtype: "int64", shape: part.shape, bytes: new Uint8Array(8) };
    default:
      return stored(
        new Float32Array(count).fill(part.kind === "scale" || part.kind === "variance" ? 1 : 0),
        part.shape,
      );
  }
}

function initialMasks(
  { notions, dimension, variant }: NetworkShape,
  seed: number,
): Float32Array<ArrayBuffer> {
  if (variant === "standard") return new Float32Array(notions.length * dimension).fill(1);
  if (variant === "fixed" || variant === "specialists") {
    return disjointMasks(notions.length, dimension, 0);
  }
  if (variant === "prein") return disjointMasks(notions.length, dimension, preinElsewhere);
  const { mean, deviation } = learnedMaskStart;
  return Float32Array.from(
    { length: notions.length * dimension },
    (_, i) => mean + deviation * randomNormal(seed, firstStream - 1, i),
  );
}

/** `Float32Array.from` takes four times as long, and there are millions. */
function filled(count: number, value: (index: number) => number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) data[i] = value(i);
  return data;
}

function stored(data: Float32Array<ArrayBuffer>, shape: readonly number[]): StoredTensor {
  return { dtype: "float32", shape, bytes: new Uint8Array(data.buffer) };
}
