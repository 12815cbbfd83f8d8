import { CsnError } from "../base/errors.ts";
import { enqueueCall } from "../tensor/call.ts";
import { copyInto, toDevice, zeros, zerosLike } from "../tensor/operators.ts";
import type { StoredTensor } from "../tensor/safetensors.ts";
import { heldTensors, noGrad, scope } from "../tensor/scope.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { clearGrads } from "../tensor/tensor.ts";
import { fromStoredTensor, toStoredTensor } from "./network.ts";

/** PyTorch's defaults (torch.optim.Adam). */
const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

interface Moments {
  readonly parameter: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  /** Steps taken, a float32 tensor, as the operator wants it. */
  readonly step: Tensor;
}

/** Adam (Kingma & Ba 2015) by `aten::_fused_adam_`: one call for all parameters. */
export class Adam implements Disposable {
  readonly #moments: ReadonlyMap<string, Moments>;

  /** An optimiser of these parameters, by name: those of `Network.parameters()`, or others. */
  constructor(parameters: ReadonlyMap<string, Tensor>) {
    // A scope, so that none is left when there is no memory for all of them.
    this.#moments = noGrad(() =>
      scope(() => new Map([...parameters].map(([name, each]) => [name, newMoments(each)])))
    );
  }

  /**
   * Updates the parameters by their gradients and drops the gradients. Parameters without one stay.
   */
  async step(learningRate: number): Promise<void> {
    const parts: (Moments & { gradient: Tensor })[] = [];
    try {
      for (const [name, moments] of this.#moments) {
        const gradient = moments.parameter.grad();
        if (gradient === null) continue;
        parts.push({ ...moments, gradient });
        checkStrides(name, moments, gradient);
      }
      // The operators refuse empty lists.
      if (parts.length === 0) return;
      await enqueueCall(
        "aten::_fused_adam_",
        [
          parts.map((part) => part.parameter),
          parts.map((part) => part.gradient),
          parts.map((part) => part.first),
          parts.map((part) => part.second),
          [],
          await this.#advance(parts),
          { float: learningRate },
          beta1,
          beta2,
          { float: 0 },
          epsilon,
          false,
          false,
        ],
        { grad: false },
      );
    } finally {
      for (const { gradient } of parts) gradient.dispose();
    }
    clearGrads([...this.#moments.values()].map(({ parameter }) => parameter));
  }

  /** Copies of the moments and step counts, for a file: `optimiser.<part>.<parameter>`. */
  toStored(): Map<string, StoredTensor> {
    return new Map([...this.tensors()].map(([name, tensor]) => [name, toStoredTensor(tensor)]));
  }

  /** The moments and step counts themselves, by the names of `toStored`. */
  tensors(): Map<string, Tensor> {
    return new Map(
      [...this.#moments].flatMap(([name, { first, second, step }]) => [
        [`optimiser.first.${name}`, first],
        [`optimiser.second.${name}`, second],
        [`optimiser.step.${name}`, step],
      ]),
    );
  }

  /**
   * Restores what `toStored` gave. It is copied into the tensors that exist, because the operator
   * ignores strides and a file knows only C order.
   */
  load(stored: ReadonlyMap<string, StoredTensor>): void {
    for (const [name, { first, second, step }] of this.#moments) {
      for (
        const [part, target] of [["first", first], ["second", second], ["step", step]] as const
      ) {
        const found = stored.get(`optimiser.${part}.${name}`);
        if (found === undefined || found.shape.join() !== target.shape.join()) {
          throw new CsnError(
            `Cannot restore the optimiser: its state of "${name}" is missing or has another shape`,
          );
        }
        noGrad(() => scope(() => copyInto(target, fromStoredTensor(found))));
      }
    }
  }

  /** Frees its moments and step counts. */
  [Symbol.dispose](): void {
    for (const tensor of this[heldTensors]()) tensor.dispose();
  }

  /** Its moments and step counts. */
  [heldTensors](): Tensor[] {
    return [...this.tensors().values()];
  }

  async #advance(parts: readonly Moments[]): Promise<Tensor[]> {
    const steps = parts.map((part) => part.step);
    await enqueueCall("aten::_foreach_add_.Scalar", [steps, 1], { grad: false });
    return steps;
  }
}

function newMoments(parameter: Tensor): Moments {
  return {
    parameter,
    first: zerosLike(parameter),
    second: zerosLike(parameter),
    step: scope(() => toDevice(zeros([]), parameter.device)),
  };
}

/**
 * On the CPU the operator ignores strides: tensors with different ones would be updated wrongly.
 */
function checkStrides(name: string, { parameter, first, second }: Moments, gradient: Tensor): void {
  const wanted = usedStrides(parameter);
  for (const tensor of [first, second, gradient]) {
    if (usedStrides(tensor) !== wanted) {
      throw new CsnError(
        `Cannot step Adam: "${name}" has strides [${parameter.strides}], its gradient or a moment has [${tensor.strides}]`,
      );
    }
  }
}

/** Strides of dimensions of length 1 mean nothing. */
function usedStrides(tensor: Tensor): string {
  return tensor.strides.filter((_, dim) => tensor.shape[dim] !== 1).join();
}
