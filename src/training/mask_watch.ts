import type { Listener } from "../base/listener.ts";
import type { Network } from "../network/network.ts";
import type { EpochMetrics } from "./metrics.ts";

/** How many dimensions learned masks let through; nothing of other masks. */
export type MaskUse = Pick<EpochMetrics, "activeDimensions" | "unusedDimensions">;

/**
 * Counts the dimensions above 0 of each of `masks` [notion][dimension], and those that are so in
 * none.
 */
export function maskUse(masks: readonly (readonly number[])[]): Required<MaskUse> {
  return {
    activeDimensions: masks.map((mask) => mask.filter((value) => value > 0).length),
    unusedDimensions: masks[0].filter((_, d) => masks.every((mask) => !(mask[d] > 0))).length,
  };
}

/**
 * Watches what learned masks lose: ReLU passes no gradient to an entry below 0, so it cannot come
 * back.
 */
export class MaskWatch {
  readonly #network: Network;
  #before: Required<MaskUse>;

  /** Watches from now on. */
  constructor(network: Network) {
    this.#network = network;
    this.#before = maskUse(network.maskTable());
  }

  /** What the masks let through now; warns of what they have lost since the last look. */
  look(listener?: Listener): MaskUse {
    if (!this.#network.hasLearnedMasks) return {};
    const { notions, dimension } = this.#network.shape;
    const before = this.#before;
    const now = this.#before = maskUse(this.#network.maskTable());
    const died = now.unusedDimensions - before.unusedDimensions;
    if (died > 0) {
      listener?.warning?.(
        `${died} of the ${dimension} dimensions died: ${now.unusedDimensions} are now used by no notion's mask and cannot come back; a lower \`learningRate\` or \`maskLoss\` keeps more of them`,
      );
    }
    now.activeDimensions.forEach((active, row) => {
      if (active > 0 || before.activeDimensions[row] === 0) return;
      listener?.warning?.(
        `the mask of ${
          notions[row]
        } lets no dimension through any more: all distances by it are equal from now on; begin again with a lower \`learningRate\` or \`maskLoss\``,
      );
    });
    return now;
  }
}
