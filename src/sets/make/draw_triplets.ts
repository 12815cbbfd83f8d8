import type { Attribute, Sampling } from "../attribute.ts";
import { CsnError } from "../../base/errors.ts";
import {
  balancedAttempts,
  DrawnTriplets,
  mostImages,
  Numbers,
  type Triplet,
} from "./drawn_triplets.ts";
import { SharedValueDraw } from "./shared_value_draw.ts";
import { ValueGroups } from "./value_groups.ts";

/** How triplets are drawn. */
export interface DrawTripletsOptions {
  /** The most that are drawn. */
  readonly count: number;
  /** The same seed and stream give the same triplets. */
  readonly seed: number;
  /** Stream of random numbers; each notion and split has its own, see `streamFor`. */
  readonly stream: number;
  /** Which triplets are likely. @default {"balanced"} */
  readonly sampling?: Sampling;
}

/**
 * Draws `options.count` different triplets from `images` (indices into `attribute.values`), or all
 * there are when they are fewer: [3 n] indices, the anchor, one that is unlike it and one that is
 * like it, as in a triplet list.
 *
 * Balanced, values take turns as the anchor's, so each has as many triplets as the others; the
 * unlike value is any other with the same chance, and each pair of values is drawn both ways
 * round. So a value is as often on the alike side as on the unlike side, and an image without
 * its anchor reveals nothing. Values that cannot be on both sides are left out. Few images may
 * force values out of balance.
 *
 * The same arguments give the same triplets.
 *
 * @example Draw triplets from values that are in memory
 * ```ts
 * import { drawTriplets } from "@csn/csn/sets";
 *
 * const heel = { kind: "ordinal", values: [1, 1.2, 4, 4.1], alike: 0.5, unlike: 2 } as const;
 * const triplets = drawTriplets(heel, Uint32Array.of(0, 1, 2, 3), { count: 4, seed: 1, stream: 0 });
 * console.log(triplets); // anchor, far, near, anchor, ...
 * ```
 */
export function drawTriplets(
  attribute: Attribute,
  images: Uint32Array,
  options: DrawTripletsOptions,
): Uint32Array<ArrayBuffer> {
  if (attribute.values.length > mostImages) {
    throw new CsnError(
      `Cannot draw triplets from ${attribute.values.length} images: at most ${mostImages} can be compared`,
    );
  }
  const { count } = options;
  const numbers = new Numbers(options.seed, options.stream);
  if (attribute.kind === "multi") {
    return new SharedValueDraw(attribute, images, numbers).draw(count, options.sampling);
  }
  const groups = new ValueGroups(attribute, images);
  const possible = groups.capacities.reduce((sum, capacity) => sum + capacity, 0);
  const draw = new OrderedDraw(groups, numbers);
  const wanted = Math.min(count, possible);
  return options.sampling === "uniform" ? draw.uniform(wanted) : draw.balanced(wanted);
}

/** One draw of an ordered attribute. */
class OrderedDraw {
  readonly #groups: ValueGroups;
  readonly #numbers: Numbers;
  readonly #drawn = new DrawnTriplets();

  constructor(groups: ValueGroups, numbers: Numbers) {
    this.#groups = groups;
    this.#numbers = numbers;
  }

  balanced(count: number): Uint32Array<ArrayBuffer> {
    const triplets = new Uint32Array(3 * count);
    /** Triplets that are left to draw for each value as the anchor's. */
    const left = [...this.#groups.capacities];
    let done = 0;
    const add = (value: number, other: number) => {
      if (done === count || left[value] === 0) return;
      triplets.set(this.#balancedOne(value, other), 3 * done++);
      left[value]--;
    };
    // Where the turns begin is drawn too, or a short list would favour the first values.
    const first = done < count ? this.#numbers.below(this.#groups.length) : 0;
    for (let turn = first; done < count; turn++) {
      const value = turn % this.#groups.length;
      const others = this.#groups.unlikeCount(value);
      const other = this.#groups.unlikeValue(value, this.#numbers.below(others));
      add(value, other);
      add(other, value);
    }
    return triplets;
  }

  uniform(count: number): Uint32Array<ArrayBuffer> {
    const triplets = new Uint32Array(3 * count);
    for (let done = 0; done < count; done++) {
      triplets.set(
        this.#drawn.one(() => this.#any(this.#numbers.weighted(this.#groups.capacities))),
        3 * done,
      );
    }
    return triplets;
  }

  /** A new triplet whose anchor has `value`, and whose unlike image has `other` if that can be. */
  #balancedOne(value: number, other: number): Triplet {
    const groups = this.#groups;
    for (let attempt = 0; attempt < balancedAttempts; attempt++) {
      const near = groups.alikeFrom[value] +
        this.#numbers.below(groups.alikeTo[value] - groups.alikeFrom[value]);
      const triplet: Triplet = [this.#member(value), this.#member(other), this.#member(near)];
      if (triplet[0] !== triplet[2] && this.#drawn.add(triplet)) return triplet;
    }
    return this.#drawn.one(() => this.#any(value));
  }

  /** A triplet whose anchor has `value`, each with the same chance. */
  #any(value: number): Triplet {
    const groups = this.#groups;
    for (;;) {
      const triplet: Triplet = [
        this.#member(value),
        groups.unlikeImage(value, this.#numbers.below(groups.unlikeImageCount(value))),
        groups.alikeImage(value, this.#numbers.below(groups.alikeImageCount(value))),
      ];
      if (triplet[0] !== triplet[2]) return triplet;
    }
  }

  #member(value: number): number {
    return this.#groups.image(value, this.#numbers.below(this.#groups.size(value)));
  }
}
