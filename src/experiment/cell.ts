import type { TrainConfig } from "../model/config.ts";
import type { Variant } from "../network/variant.ts";

/** One run of an experiment. */
export interface Cell {
  /** Its folder's name below that of the experiment. */
  readonly name: string;
  /** Which network. */
  readonly variant: Variant;
  /** Seed of weights, subsets, order and flips. */
  readonly seed: number;
  /** Training triplets of each notion. */
  readonly trainTriplets: number;
}

/** What all cells of an experiment have in common. */
export type CommonConfig = Omit<TrainConfig, "name" | "variant" | "seed" | "trainTriplets">;

/**
 * The configuration of a cell's run. Every variant learns from the same number of triplets in all.
 */
export function configOf(cell: Cell, common: CommonConfig, experiment: string): TrainConfig {
  return {
    ...common,
    name: `${experiment}/${cell.name}`,
    variant: cell.variant,
    seed: cell.seed,
    trainTriplets: cell.trainTriplets * common.notions.length,
  };
}
