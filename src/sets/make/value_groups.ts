import { CsnError } from "../../base/errors.ts";
import type { OrderedAttribute } from "../attribute.ts";
import { compareDistance } from "./notions/distance.ts";

/**
 * Images by the value of an attribute. Values are in order, so those alike to one are a range of
 * neighbours, and those unlike it are what lies below one bound and above another.
 *
 * Only values are kept that can stand on both sides of a triplet: another image is like theirs,
 * and some value is unlike.
 */
export class ValueGroups {
  /** Images, grouped by value. */
  readonly #images: Uint32Array;
  /** [length + 1] where each value's images begin. */
  readonly #start: Uint32Array;
  /** Values alike to each: from the first, up to but not including the second. */
  readonly alikeFrom: Uint32Array;
  readonly alikeTo: Uint32Array;
  /** Values unlike each: below the first, and from the second on. */
  readonly #unlikeBelow: Uint32Array;
  readonly #unlikeFrom: Uint32Array;
  /** How many triplets there are whose anchor has a value. */
  readonly capacities: readonly number[];

  constructor(attribute: OrderedAttribute, images: Uint32Array) {
    const bounds = boundsOf(attribute);
    let members = grouped(attribute, images);
    for (;;) {
      const ranges = rangesOf(members, bounds);
      const kept = members.filter((_, value) => isUsable(members, ranges, value));
      if (kept.length === members.length) {
        this.alikeFrom = ranges.alikeFrom;
        this.alikeTo = ranges.alikeTo;
        this.#unlikeBelow = ranges.unlikeBelow;
        this.#unlikeFrom = ranges.unlikeFrom;
        break;
      }
      // What was left out may have been the only one alike to, or unlike, another.
      members = kept;
    }
    this.#start = new Uint32Array(members.length + 1);
    members.forEach((group, value) => {
      this.#start[value + 1] = this.#start[value] + group.images.length;
    });
    this.#images = Uint32Array.from(members.flatMap((group) => group.images));
    this.capacities = members.map((group, value) =>
      group.images.length * (this.alikeImageCount(value) - 1) * this.unlikeImageCount(value)
    );
  }

  /** How many values there are. */
  get length(): number {
    return this.#start.length - 1;
  }

  /** How many images have a value. */
  size(value: number): number {
    return this.#start[value + 1] - this.#start[value];
  }

  /** Image `place` of those that have a value. */
  image(value: number, place: number): number {
    return this.#images[this.#start[value] + place];
  }

  /** How many values are unlike a value. */
  unlikeCount(value: number): number {
    return this.#unlikeBelow[value] + this.length - this.#unlikeFrom[value];
  }

  /** Value `place` of those unlike a value. */
  unlikeValue(value: number, place: number): number {
    const below = this.#unlikeBelow[value];
    return place < below ? place : this.#unlikeFrom[value] + place - below;
  }

  /** How many images are alike to one with a value, itself included. */
  alikeImageCount(value: number): number {
    return this.#start[this.alikeTo[value]] - this.#start[this.alikeFrom[value]];
  }

  /** Image `place` of those alike to one with a value. */
  alikeImage(value: number, place: number): number {
    return this.#images[this.#start[this.alikeFrom[value]] + place];
  }

  /** How many images are unlike one with a value. */
  unlikeImageCount(value: number): number {
    return this.#start[this.#unlikeBelow[value]] + this.#start[this.length] -
      this.#start[this.#unlikeFrom[value]];
  }

  /** Image `place` of those unlike one with a value. */
  unlikeImage(value: number, place: number): number {
    const below = this.#start[this.#unlikeBelow[value]];
    return this
      .#images[place < below ? place : this.#start[this.#unlikeFrom[value]] + place - below];
  }
}

/** Images of one value; categories are numbered in the order of their texts. */
interface Group {
  readonly value: number;
  readonly images: readonly number[];
}

interface Bounds {
  readonly alike: number;
  readonly unlike: number;
}

interface Ranges {
  readonly alikeFrom: Uint32Array;
  readonly alikeTo: Uint32Array;
  readonly unlikeBelow: Uint32Array;
  readonly unlikeFrom: Uint32Array;
}

function boundsOf(attribute: OrderedAttribute): Bounds {
  // Categories are whole numbers: alike when equal, unlike when not.
  if (attribute.kind === "categorical") return { alike: 0, unlike: 1 };
  const { alike, unlike } = attribute;
  if (!(alike >= 0 && unlike > alike)) {
    throw new CsnError(
      `Cannot draw triplets: alike up to ${alike} and unlike from ${unlike}; both must be numbers, the second the larger one`,
    );
  }
  return { alike, unlike };
}

function grouped(attribute: OrderedAttribute, images: Uint32Array): Group[] {
  if (attribute.kind === "ordinal") {
    const byNumber = Map.groupBy(images, (image) => attribute.values[image]);
    return [...byNumber]
      .filter(([value]) => Number.isFinite(value))
      .sort(([a], [b]) => a - b)
      .map(([value, images]) => ({ value, images }));
  }
  const byText = Map.groupBy(images, (image) => attribute.values[image]);
  return [...byText]
    .filter(([text]) => text !== "")
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([, images], value) => ({ value, images }));
}

/** Goes through the values once with four bounds that only ever rise. */
function rangesOf(groups: readonly Group[], { alike, unlike }: Bounds): Ranges {
  const ranges: Ranges = {
    alikeFrom: new Uint32Array(groups.length),
    alikeTo: new Uint32Array(groups.length),
    unlikeBelow: new Uint32Array(groups.length),
    unlikeFrom: new Uint32Array(groups.length),
  };
  let [alikeFrom, alikeTo, unlikeBelow, unlikeFrom] = [0, 0, 0, 0];
  groups.forEach(({ value }, row) => {
    const compare = (at: number, threshold: number) =>
      compareDistance(groups[at].value, value, threshold);
    while (compare(alikeFrom, alike) > 0) alikeFrom++;
    while (alikeTo < groups.length && (alikeTo < row || compare(alikeTo, alike) <= 0)) alikeTo++;
    while (unlikeBelow < row && compare(unlikeBelow, unlike) >= 0) unlikeBelow++;
    while (unlikeFrom < groups.length && (unlikeFrom < row || compare(unlikeFrom, unlike) < 0)) {
      unlikeFrom++;
    }
    ranges.alikeFrom[row] = alikeFrom;
    ranges.alikeTo[row] = alikeTo;
    ranges.unlikeBelow[row] = unlikeBelow;
    ranges.unlikeFrom[row] = unlikeFrom;
  });
  return ranges;
}

function isUsable(groups: readonly Group[], ranges: Ranges, value: number): boolean {
  const isUnlike = ranges.unlikeBelow[value] > 0 || ranges.unlikeFrom[value] < groups.length;
  const isAlike = groups[value].images.length > 1 ||
    ranges.alikeTo[value] - ranges.alikeFrom[value] > 1;
  return isUnlike && isAlike;
}
