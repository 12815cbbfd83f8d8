import { CsnError } from "../base/errors.ts";
import { dataOf } from "../tensor/dtype.ts";
import {
  clone,
  concatenate,
  indexSelect,
  multiply,
  relu,
  toDevice,
  zerosLike,
} from "../tensor/operators.ts";
import type { StoredTensor } from "../tensor/safetensors.ts";
import { noGrad, scope } from "../tensor/scope.ts";
import { Tensor } from "../tensor/tensor.ts";
import { Backbone } from "./backbone.ts";
import { backbonesOf, type NetworkShape } from "./initialise.ts";
import { onCpu, type Placement, type Precision } from "./placement.ts";
import { tensorFault } from "./tensor_fault.ts";
import { learnsMasks } from "./variant.ts";

/** A Conditional Similarity Network: a backbone that embeds images, and a mask per notion. */
export class Network implements Disposable {
  /** What it is made of. */
  readonly shape: NetworkShape;
  /**
   * All parameters and buffers by name: `backbone.` (or `backbones.0.`, ...) and torchvision's, and
   * `masks.weight`.
   */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** In what numbers its backbone computes. */
  readonly precision: Precision;
  readonly #backbones: readonly Backbone[];

  /**
   * A network at `placement` with copies of `stored` (see `initialTensors` for the names). Throws a
   * CsnError that names a tensor that is missing, of another shape or unknown.
   */
  constructor(
    shape: NetworkShape,
    stored: ReadonlyMap<string, StoredTensor>,
    { device, precision }: Placement = onCpu,
  ) {
    const fault = tensorFault(shape, stored);
    if (fault !== null) throw new CsnError(`Cannot make the network: ${fault}`);
    this.shape = shape;
    this.precision = precision;
    const tensors = noGrad(() =>
      scope(() => new Map([...stored].map(([name, tensor]) => [name, place(tensor, device)])))
    );
    // Freed again when what follows fails.
    using made = new DisposableStack();
    for (const tensor of tensors.values()) made.use(tensor);
    this.tensors = tensors;
    for (const parameter of this.parameters().values()) parameter.requiresGrad = true;
    this.#backbones = backbonesOf(shape).map(({ prefix }) =>
      made.use(new Backbone(withPrefix(tensors, prefix)))
    );
    made.move();
  }

  /**
   * The tensors that training changes: fixed masks and the buffers of batch norm are not among
   * them.
   */
  parameters(): Map<string, Tensor> {
    const buffer = /\.(running_mean|running_var|num_batches_tracked)$/;
    return new Map(
      [...this.tensors].filter(([name]) =>
        !buffer.test(name) && (name !== "masks.weight" || this.hasLearnedMasks)
      ),
    );
  }

  /** Whether the masks are parameters. */
  get hasLearnedMasks(): boolean {
    return learnsMasks(this.shape.variant);
  }

  /** Whether each notion has a backbone of its own. */
  get hasSpecialists(): boolean {
    return this.shape.variant === "specialists";
  }

  /**
   * Embeds `images` [B, 3, H, W], on its device, to [B, D] of their dtype, unmasked. In training,
   * `groups` equal parts of the batch, one after the other, have statistics of their own. Of
   * specialists, only that of notion number `only` embeds when it is given; the dimensions of the
   * others are 0 then.
   */
  async embed(
    images: Tensor,
    mode: {
      readonly train: boolean;
      readonly grad: boolean;
      readonly groups?: number;
      readonly only?: number;
    },
  ): Promise<Tensor> {
    const { train, grad, groups = 1, only } = mode;
    const bf16 = this.precision === "bf16";
    const by = (backbone: Backbone) => backbone.embed(images, { train, grad, groups, bf16 });
    if (!this.hasSpecialists) return await by(this.#backbones[0]);
    using parts = new DisposableStack();
    if (only === undefined) {
      const embedded: Tensor[] = [];
      for (const backbone of this.#backbones) embedded.push(parts.use(await by(backbone)));
      return concatenate(embedded, 1);
    }
    const embedded = parts.use(await by(this.#backbones[only]));
    const zero = parts.use(noGrad(() => zerosLike(embedded)));
    return concatenate(this.#backbones.map((_, row) => row === only ? embedded : zero), 1);
  }

  /**
   * The masks [B, D] of the notions number `rows` (int64 [B]), through ReLU when they are learned.
   */
  masks(rows: Tensor): Tensor {
    const gathered = indexSelect(this.tensors.get("masks.weight")!, rows);
    return this.hasLearnedMasks ? relu(gathered) : gathered;
  }

  /** The effective masks of all notions, [notion][dimension]. */
  maskTable(): number[][] {
    const rows = this.shape.notions.map((_, row) => row);
    const flat = noGrad(() =>
      scope(() =>
        this.masks(toDevice(Tensor.from(rows, { dtype: "int64" }), this.device)).toArray()
      )
    );
    const { dimension } = this.shape;
    return rows.map((row) => flat.slice(row * dimension, (row + 1) * dimension));
  }

  /** Where the network computes: "cpu", "cuda:0". */
  get device(): string {
    return this.tensors.get("masks.weight")!.device;
  }

  /** Copies of all tensors, for a file. */
  toStored(): Map<string, StoredTensor> {
    return new Map([...this.tensors].map(([name, tensor]) => [name, toStoredTensor(tensor)]));
  }

  /** Frees its tensors. */
  [Symbol.dispose](): void {
    for (const backbone of this.#backbones) backbone[Symbol.dispose]();
    for (const tensor of this.tensors.values()) tensor.dispose();
  }
}

/** Masked embeddings f(x) m_c [B, D], between which distances are measured (paper, section 3). */
export function applyMasks(embeddings: Tensor, masks: Tensor): Tensor {
  return multiply(embeddings, masks);
}

/** A copy of a tensor for a file. */
export function toStoredTensor(tensor: Tensor): StoredTensor {
  const data = tensor.data();
  return { dtype: tensor.dtype, shape: tensor.shape, bytes: new Uint8Array(data.buffer) };
}

/** A tensor from a file, on the CPU, in C order. */
export function fromStoredTensor({ dtype, shape, bytes }: StoredTensor): Tensor {
  return Tensor.from(dataOf(dtype, bytes.slice().buffer), { shape, dtype });
}

/** The tensors whose names begin with `prefix`, by the rest of their names. */
function withPrefix(tensors: ReadonlyMap<string, Tensor>, prefix: string): Map<string, Tensor> {
  return new Map(
    [...tensors].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : []
    ),
  );
}

/** Convolution weights lie channels-last, as the images do: convolutions are faster so. */
function place(stored: StoredTensor, device: string): Tensor {
  return scope(() => {
    const there = toDevice(fromStoredTensor(stored), device);
    return clone(there, stored.shape.length === 4 ? "channels_last" : "contiguous");
  });
}
