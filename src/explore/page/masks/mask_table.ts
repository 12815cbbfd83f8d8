/** What masks say, as numbers: tables [notion][dimension]. */
import { activeDimensions } from "../../../statistics/mask_overlap.ts";

/** A number of each notion in each dimension. */
export type MaskTable = readonly (readonly number[])[];

/**
 * The part of each dimension in each notion's squared distance, on average over pairs of images: of
 * a mask m and variances v, m² v of the dimension over the sum of all. All 0 for a mask of zeros.
 */
export function distanceShares(masks: MaskTable, variances: readonly number[]): MaskTable {
  return masks.map((mask) => {
    const parts = mask.map((value, d) => value * value * variances[d]);
    const sum = parts.reduce((all, part) => all + part, 0);
    return parts.map((part) => sum === 0 ? 0 : part / sum);
  });
}

/**
 * All dimensions in an order: "" by their numbers, "uses" by how many notions use them, or the
 * number of a notion, whose largest come first. What is equal stays in the order of the numbers.
 */
export function dimensionOrder(table: MaskTable, by: string): readonly number[] {
  const all = Array.from(table[0] ?? [], (_, d) => d);
  if (by === "uses") {
    const uses = all.map((d) => table.filter((mask) => mask[d] !== 0).length);
    const sums = all.map((d) => table.reduce((sum, mask) => sum + mask[d], 0));
    return all.sort((a, b) => uses[b] - uses[a] || sums[b] - sums[a]);
  }
  const mask = by === "" ? undefined : table[Number(by)];
  return mask === undefined ? all : all.sort((a, b) => mask[b] - mask[a]);
}

/** Dimensions that no notion uses. */
export function unusedDimensions(masks: MaskTable): number[] {
  const used = new Set(masks.flatMap(activeDimensions));
  return Array.from(masks[0] ?? [], (_, d) => d).filter((d) => !used.has(d));
}

/** The highest value; and the highest sum over the notions of a dimension. */
export function heights(tables: Iterable<MaskTable>): { value: number; sum: number } {
  const found = { value: 0, sum: 0 };
  for (const table of tables) {
    for (let d = 0; d < (table[0]?.length ?? 0); d++) {
      let sum = 0;
      for (const mask of table) {
        sum += mask[d];
        if (mask[d] > found.value) found.value = mask[d];
      }
      if (sum > found.sum) found.sum = sum;
    }
  }
  return found;
}

/** How a notion uses a dimension. */
export interface DimensionUse {
  readonly value: number;
  /** Its part in the notion's squared distance, 0 to 1. */
  readonly share: number;
  /** Its place among the dimensions that the notion uses, 1 for the largest; null if it uses it not. */
  readonly place: number | null;
  /** How many the notion uses. */
  readonly active: number;
}

/** By notion, how it uses a dimension. */
export function usesOf(masks: MaskTable, shares: MaskTable, dimension: number): DimensionUse[] {
  return masks.map((mask, row) => {
    const value = mask[dimension];
    return {
      value,
      share: shares[row][dimension],
      place: value === 0 ? null : 1 + mask.filter((other) => other > value).length,
      active: activeDimensions(mask).length,
    };
  });
}

/** Of epochs in order, the place of the last one that is not after `epoch`, else the first. */
export function placeOfEpoch(epochs: readonly number[], epoch: number): number {
  return Math.max(0, epochs.findLastIndex((each) => each <= epoch));
}
