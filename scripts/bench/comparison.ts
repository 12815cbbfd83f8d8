/** Measurements of csn beside PyTorch's, and what is made of them. */

/** Which way a number is better. */
export type Unit = "triplets/s" | "images/s" | "requests/s" | "s" | "ms" | "MB";

/** What was measured. */
export interface Work {
  /** The item of the benchmark. */
  readonly item: string;
  /** The piece of work: "112 px, batch 32". */
  readonly work: string;
  /** What of PyTorch did it: "eager", "tuned". */
  readonly against: string;
  readonly unit: Unit;
}

/** A piece of work of csn's beside PyTorch's. */
export interface Comparison extends Work {
  /** Medians, in `unit`. */
  readonly csn: number;
  readonly pytorch: number;
  /**
   * How much better csn is: above 1 faster or smaller, of each pair of runs one after the other.
   */
  readonly ratio: { readonly median: number; readonly least: number; readonly most: number };
  /** Pairs of runs. */
  readonly repeats: number;
}

/** One run of each side, in the unit. */
export interface Pair {
  readonly csn: number;
  readonly pytorch: number;
}

/** Sums pairs of runs up. There must be one at least. */
export function compared(work: Work, pairs: readonly Pair[]): Comparison {
  const isCost = ["s", "ms", "MB"].includes(work.unit);
  const ratios = pairs.map(({ csn, pytorch }) => isCost ? pytorch / csn : csn / pytorch);
  return {
    ...work,
    csn: median(pairs.map(({ csn }) => csn)),
    pytorch: median(pairs.map(({ pytorch }) => pytorch)),
    ratio: { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) },
    repeats: pairs.length,
  };
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One side of a comparison: does the work once and returns the measured number. */
export type Side = () => Promise<number>;

/**
 * Runs csn and each of `others` in turn, `repeats` times, so that what else the machine does hits
 * all alike. Returns the pairs of csn with each of the others.
 */
export async function inTurn(
  repeats: number,
  csn: Side,
  others: readonly Side[],
): Promise<Pair[][]> {
  const pairs: Pair[][] = others.map(() => []);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const own = await csn();
    for (const [i, other] of others.entries()) pairs[i].push({ csn: own, pytorch: await other() });
  }
  return pairs;
}
