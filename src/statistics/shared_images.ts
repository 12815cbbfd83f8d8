/**
 * Triplets and a kind of group that they belong to: those with one image, with a pair, with all
 * three.
 */
interface Grouping {
  /**
   * +1 or -1: how groups of this kind count in the sum over pairs of triplets that share an image.
   */
  readonly sign: 1 | -1;
  /** Of each membership: the triplet. */
  readonly triplet: number[];
  /** Of each membership: the group, from 0. */
  readonly group: number[];
  /** How many groups there are. */
  count: number;
}

/**
 * Which triplets share images, or the groups that their images belong to: what makes their outcomes
 * depend on each other.
 */
export class SharedImages {
  /** How many triplets there are. */
  readonly triplets: number;
  /** The distinct images; their order is that of `imageSums`. */
  readonly images: readonly number[];
  readonly #groupings: readonly [one: Grouping, two: Grouping, three: Grouping];
  /** Images of each pair, by their places in `images`. */
  readonly #pairs: readonly (readonly [number, number])[];

  /** `images` [3 n]: those of each triplet, in any order; or the group of each. */
  constructor(images: ArrayLike<number>) {
    this.triplets = images.length / 3;
    const one = new Groups(1);
    const two = new Groups(-1);
    const three = new Groups(1);
    const distinct = Math.max(1, new Set(Array.from(images)).size);
    for (let t = 0; t < this.triplets; t++) {
      const found = new Set([images[3 * t], images[3 * t + 1], images[3 * t + 2]]);
      const [a, b, c] = Array.from(found, (image) => one.add(t, image)).sort((a, b) => a - b);
      if (b === undefined) continue;
      const ab = two.add(t, a * distinct + b);
      if (c === undefined) continue;
      two.add(t, a * distinct + c);
      two.add(t, b * distinct + c);
      // Numbers of pairs are below 3 n, so the key stays exact where a * distinct^2 would not.
      three.add(t, ab * distinct + c);
    }
    this.images = one.keys();
    this.#groupings = [one.grouping, two.grouping, three.grouping];
    this.#pairs = two.keys().map((key) => [Math.floor(key / distinct), key % distinct]);
  }

  /** Sum of `values` [n] over the triplets that hold an image, for each of `images`. */
  imageSums(values: ArrayLike<number>): Float64Array {
    return groupSums(this.#groupings[0], values);
  }

  /** Sum of `values` [n] over the triplets that hold both images, for each pair that any holds. */
  pairSums(
    values: ArrayLike<number>,
  ): { readonly pairs: readonly (readonly [number, number])[]; readonly sums: Float64Array } {
    return { pairs: this.#pairs, sums: groupSums(this.#groupings[1], values) };
  }

  /**
   * The sum of values[t] * values[u] over all ordered pairs of triplets (t = u too) that share an
   * image, each pair once: `sum_i S_i^2 - sum_ij S_ij^2 + sum_ijk S_ijk^2`, S the sums over the
   * triplets that hold an image, a pair of images, three images. A pair that shares k images is
   * counted k - C(k,2) + C(k,3) = 1 times (Cameron, Gelbach, Miller, Robust Inference With Multiway
   * Clustering, JBES 2011; for members of one kind Aronow, Samii, Assenova, Cluster-Robust Variance
   * Estimation for Dyadic Data, Political Analysis 2015).
   */
  sumOverPairs(values: ArrayLike<number>): number {
    let total = 0;
    for (const grouping of this.#groupings) {
      for (const sum of groupSums(grouping, values)) total += grouping.sign * sum * sum;
    }
    return total;
  }
}

/** Numbers groups by key while memberships are added. */
class Groups {
  readonly grouping: Grouping;
  readonly #numbers = new Map<number, number>();

  constructor(sign: 1 | -1) {
    this.grouping = { sign, triplet: [], group: [], count: 0 };
  }

  /** Adds a triplet to the group with that key; returns the group's number. */
  add(triplet: number, key: number): number {
    let group = this.#numbers.get(key);
    if (group === undefined) this.#numbers.set(key, group = this.grouping.count++);
    this.grouping.triplet.push(triplet);
    this.grouping.group.push(group);
    return group;
  }

  keys(): number[] {
    return [...this.#numbers.keys()];
  }
}

function groupSums({ triplet, group, count }: Grouping, values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(count);
  for (let i = 0; i < group.length; i++) sums[group[i]] += values[triplet[i]];
  return sums;
}
