import { CsnError } from "../errors.ts";
import { randomBelow } from "../random.ts";
import { ValueGroups } from "./value_groups.ts";

/** What one notion says of every image of a set; the position is the image's index. */
export type Attribute = CategoricalAttribute | OrdinalAttribute;

/** Two images are alike when their values are the same text, else unlike. */
export interface CategoricalAttribute {
  readonly kind: "categorical";
  /** An empty text: not known, so the image is in no triplet of this notion. */
  readonly values: readonly string[];
}

/** Two images are alike or unlike by how far their numbers are apart; those between are not compared. */
export interface OrdinalAttribute {
  readonly kind: "ordinal";
  /** NaN: not known, so the image is in no triplet of this notion. */
  readonly values: readonly number[];
  /** Alike when at most this far apart; 0 or more. */
  readonly alike: number;
  /** Unlike when at least this far apart; more than `alike`. */
  readonly unlike: number;
}

/** How triplets are drawn. */
export interface DrawTripletsOptions {
  /** Name of the notion, for messages. */
  readonly notion: string;
  readonly seed: number;
  /** Stream of random numbers; each notion and split has its own, see `streamFor`. */
  readonly stream: number;
}

/** After so many triplets that were drawn before, balance is given up for the one that is being drawn. */
const balancedAttempts = 64;

/**
 * Draws `count` different triplets from `images` (indices into `attribute.values`): [3 count] indices, the
 * anchor, one that is unlike it and one that is like it, as in a triplet list.
 *
 * Values take turns as the anchor's, so each has as many triplets as the others; the unlike value is any
 * other with the same chance, and each pair of values is drawn both ways round. So a value is as often on
 * the alike side as on the unlike side, and nothing can be told from an image without its anchor.
 * Values that cannot be on both sides are left out. Few images may force values out of balance.
 *
 * The same arguments give the same triplets. Throws a CsnError when there are fewer than `count`.
 */
export function drawTriplets(
  attribute: Attribute,
  images: Uint32Array,
  count: number,
  options: DrawTripletsOptions,
): Uint32Array<ArrayBuffer> {
  const groups = new ValueGroups(attribute, images);
  const possible = groups.capacities.reduce((sum, capacity) => sum + capacity, 0);
  if (possible < count) {
    throw new CsnError(
      `Cannot draw ${count} triplets of the notion ${options.notion}: ${images.length} images with ${groups.length} usable values give only ${possible}; ask for fewer triplets, or add images`,
    );
  }
  return new TripletDraw(groups, options).draw(count);
}

/** The state of one draw. */
class TripletDraw {
  readonly #groups: ValueGroups;
  readonly #options: DrawTripletsOptions;
  /** Numbers drawn so far. */
  #index = 0;
  /** Triplets drawn so far, by anchor. */
  readonly #drawn = new Map<number, Set<number>>();
  /** Triplets that are left to draw for each value as the anchor's. */
  readonly #left: number[];

  constructor(groups: ValueGroups, options: DrawTripletsOptions) {
    this.#groups = groups;
    this.#options = options;
    this.#left = [...groups.capacities];
  }

  draw(count: number): Uint32Array<ArrayBuffer> {
    const triplets = new Uint32Array(3 * count);
    let done = 0;
    const add = (value: number, other: number) => {
      if (done === count || this.#left[value] === 0) return;
      triplets.set(this.#one(value, other), 3 * done++);
      this.#left[value]--;
    };
    // Where the turns begin is drawn too, or a short list would favour the first values.
    const first = done < count ? this.#below(this.#groups.length) : 0;
    for (let turn = first; done < count; turn++) {
      const value = turn % this.#groups.length;
      const others = this.#groups.unlikeCount(value);
      const other = this.#groups.unlikeValue(value, this.#below(others));
      add(value, other);
      add(other, value);
    }
    return triplets;
  }

  /** A new triplet whose anchor has `value`, and whose unlike image has `other` if that can be. */
  #one(value: number, other: number): [anchor: number, far: number, near: number] {
    const groups = this.#groups;
    for (let attempt = 0; attempt < balancedAttempts; attempt++) {
      const near = groups.alikeFrom[value] +
        this.#below(groups.alikeTo[value] - groups.alikeFrom[value]);
      const triplet = [
        this.#member(value),
        this.#member(other),
        this.#member(near),
      ] as [number, number, number];
      if (triplet[0] !== triplet[2] && this.#isNew(triplet)) return triplet;
    }
    // One of those that are left, each with the same chance.
    for (;;) {
      const triplet: [number, number, number] = [
        this.#member(value),
        groups.unlikeImage(value, this.#below(groups.unlikeImageCount(value))),
        groups.alikeImage(value, this.#below(groups.alikeImageCount(value))),
      ];
      if (triplet[0] !== triplet[2] && this.#isNew(triplet)) return triplet;
    }
  }

  #member(value: number): number {
    return this.#groups.image(value, this.#below(this.#groups.size(value)));
  }

  #isNew([anchor, far, near]: readonly [number, number, number]): boolean {
    let ofAnchor = this.#drawn.get(anchor);
    if (ofAnchor === undefined) this.#drawn.set(anchor, ofAnchor = new Set());
    const before = ofAnchor.size;
    // Exact, for indices are below 2^26.
    return ofAnchor.add(far * 2 ** 26 + near).size > before;
  }

  #below(bound: number): number {
    return randomBelow(this.#options.seed, this.#options.stream, this.#index++, bound);
  }
}
