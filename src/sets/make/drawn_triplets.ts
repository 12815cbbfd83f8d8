import { randomBelow, randomUnit } from "../../base/random.ts";

/** Indices of images: one, another that is unlike it, and another that is like it. */
export type Triplet = readonly [anchor: number, far: number, near: number];

/**
 * The most images of a set whose triplets are compared: two indices must fit in an exact number.
 */
export const mostImages: number = 2 ** 26;

/**
 * After so many attempts that gave no new triplet, balance is given up for the one that is being
 * drawn.
 */
export const balancedAttempts = 64;

/** Two indices as one number, exact for images below `mostImages`. */
export function pairKey(a: number, b: number): number {
  return a * mostImages + b;
}

/** The triplets that were drawn so far. */
export class DrawnTriplets {
  readonly #byAnchor = new Map<number, Set<number>>();

  /** Whether a triplet is new; it is not any more. */
  add([anchor, far, near]: Triplet): boolean {
    let pairs = this.#byAnchor.get(anchor);
    if (pairs === undefined) this.#byAnchor.set(anchor, pairs = new Set());
    const before = pairs.size;
    return pairs.add(pairKey(far, near)).size > before;
  }

  /** Draws until a triplet is new; one must be left. */
  one(draw: () => Triplet): Triplet {
    for (;;) {
      const triplet = draw();
      if (this.add(triplet)) return triplet;
    }
  }
}

/** Random numbers of one stream, one after another. */
export class Numbers {
  readonly #seed: number;
  readonly #stream: number;
  #index = 0;

  constructor(seed: number, stream: number) {
    this.#seed = seed;
    this.#stream = stream;
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return randomBelow(this.#seed, this.#stream, this.#index++, bound);
  }

  /** A position in `weights`, each with a chance that is its weight's share of the sum. */
  weighted(weights: readonly number[]): number {
    const sums = this.#sumsOf(weights);
    const at = randomUnit(this.#seed, this.#stream, this.#index++) * sums[sums.length - 1];
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Running sums of the weights that were asked for last. */
  #sumsOf(weights: readonly number[]): Float64Array {
    if (this.#sums.weights !== weights) {
      let sum = 0;
      this.#sums = { weights, sums: Float64Array.from(weights, (weight) => sum += weight) };
    }
    return this.#sums.sums;
  }

  #sums: { weights: readonly number[]; sums: Float64Array } = {
    weights: [],
    sums: new Float64Array(),
  };
}
