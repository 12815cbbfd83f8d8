/** Sums over the batches of an epoch so far. */
export interface EpochSums {
  /** Batches trained. */
  batches: number;
  /**
   * Batches passed over, because they hold no triplet; a checkpoint of an older csn does not say.
   */
  skipped?: number;
  /**
   * Batches that the epoch is cut into, once it began; a checkpoint of an older csn does not say.
   */
  cut?: number;
  /** Triplets in them. */
  triplets: number;
  /** Images embedded for them. */
  images: number;
  /** Triplet losses times their batch sizes. */
  loss: number;
  /** Triplets in the right order. */
  correct: number;
  /** Sums of the batches' norms, not weighted, as in the reference code. */
  embeddingNorm: number;
  /** The same of the mask norms. */
  maskNorm: number;
  /** Seconds spent in training steps. */
  seconds: number;
  /** The same for each notion, in the order of the masks. */
  notions: { triplets: number; correct: number; loss: number }[];
}

/** Where training stands: what a checkpoint must know besides tensors. */
export interface TrainerState {
  /** The epoch that is being trained, from 1. */
  epoch: number;
  /** Optimiser steps since the run began. */
  steps: number;
  /** Best validation accuracy so far; -1 before the first. */
  bestAccuracy: number;
  /** The epoch that reached it; 0 before the first. */
  bestEpoch: number;
  /** SHA-256 of the triplets that the run learns from. */
  triplets: string;
  /** What the epoch has added up so far. */
  sums: EpochSums;
}
