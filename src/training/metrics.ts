/** How well triplets of one notion are ordered. */
export interface NotionScore {
  /** The notion's name, as the image set spells it. */
  readonly name: string;
  /** Triplets that were scored. */
  readonly triplets: number;
  /** Share in the right order, 0 to 1; a tie counts as wrong. NaN when no triplet was scored. */
  readonly accuracy: number;
  /** Mean triplet loss, max(0, D(near) - D(far) + margin). NaN when no triplet was scored. */
  readonly loss: number;
}

/** What is known of an epoch once it is trained and validated: a line of metrics.jsonl. */
export interface EpochMetrics {
  /** Counted from 1. */
  readonly epoch: number;
  /** Optimiser steps since the run began. */
  readonly step: number;
  /** Adam's learning rate in this epoch. */
  readonly learningRate: number;
  /** Measured in training steps, so while the weights changed. */
  readonly train: {
    /** Images embedded for them: three a triplet, but for dense batches. */
    readonly images: number;
    /** Mean triplet loss, without the norm terms, weighted by batch size. */
    readonly loss: number;
    /** Share of triplets in the right order, 0 to 1. */
    readonly accuracy: number;
    /** Mean over batches of the embedding norm term. */
    readonly embeddingNorm: number;
    /** Mean over batches of the mask norm term. */
    readonly maskNorm: number;
    /** The same for each notion of the run. */
    readonly notions: readonly NotionScore[];
  };
  /** Measured on the validation lists with the epoch's last weights. */
  readonly validation: {
    /** Mean triplet loss. */
    readonly loss: number;
    /** Share of triplets in the right order, 0 to 1. */
    readonly accuracy: number;
    /** Triplets that were scored. */
    readonly triplets: number;
    /** The same for each notion of the run. */
    readonly notions: readonly NotionScore[];
  };
  /** Masks after ReLU, [notion][dimension]; only in epochs that are a multiple of 10. */
  readonly masks?: readonly (readonly number[])[];
  /**
   * Of learned masks: how many dimensions each notion's lets through, in the order of the notions.
   */
  readonly activeDimensions?: readonly number[];
  /** Of learned masks: dimensions that no notion's lets through; ReLU keeps them so. */
  readonly unusedDimensions?: number;
  /** Whether the validation accuracy is better than in every epoch before. */
  readonly best: boolean;
  /** Seconds spent in training steps and validation. */
  readonly seconds: number;
  /** Triplets trained on in a second of training steps. */
  readonly tripletsPerSecond: number;
  /** Processor threads that libtorch used. */
  readonly threads: number;
}
