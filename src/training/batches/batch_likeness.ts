import type { Attribute, MultiAttribute, OrderedAttribute } from "../../sets/attribute.ts";
import { likeness } from "../../sets/make/notions/likeness.ts";

/**
 * Images of a batch that have one value, and those they can form triplets with; all are places,
 * ascending.
 */
export interface ValueNeighbours {
  /** Images of the value. */
  readonly own: Uint32Array;
  /** Images alike to them, themselves included. */
  readonly alike: Uint32Array;
  /** Images unlike them. */
  readonly unlike: Uint32Array;
}

/** How the images of one value stand to those of another: an element for each value. */
const [notCompared, isAlike, isUnlike] = [0, 1, 2];

/** The values of a batch's images, numbered. */
interface BatchValues {
  /** The value of each place; `count` where it is not known. */
  readonly of: Uint32Array;
  /** How many values there are. */
  readonly count: number;
  /** Writes how each value stands to `value`; `standing` is all `notCompared` before. */
  mark(value: number, standing: Uint8Array): void;
}

/**
 * For each value of an attribute that images of a batch have: which of them are alike to it and
 * which unlike. A pass over the batch for each value, however many images have it.
 */
export function* batchLikeness(
  attribute: Attribute,
  images: Uint32Array,
): Generator<ValueNeighbours> {
  const values = attribute.kind === "multi"
    ? multiValues(attribute, images)
    : orderedValues(attribute, images);
  const standing = new Uint8Array(values.count + 1);
  for (let value = 0; value < values.count; value++) {
    standing.fill(notCompared);
    values.mark(value, standing);
    yield neighbours(values.of, value, standing);
  }
}

function neighbours(of: Uint32Array, value: number, standing: Uint8Array): ValueNeighbours {
  const lists = [0, 1, 2].map(() => new Uint32Array(of.length));
  const lengths = [0, 0, 0];
  const [own, alike, unlike] = lists;
  for (let place = 0; place < of.length; place++) {
    if (of[place] === value) own[lengths[0]++] = place;
    const stands = standing[of[place]];
    if (stands === isAlike) alike[lengths[1]++] = place;
    else if (stands === isUnlike) unlike[lengths[2]++] = place;
  }
  return {
    own: own.subarray(0, lengths[0]),
    alike: alike.subarray(0, lengths[1]),
    unlike: unlike.subarray(0, lengths[2]),
  };
}

/** Values in their order: those alike to one are a range, those unlike it lie below and above. */
function orderedValues(attribute: OrderedAttribute, images: Uint32Array): BatchValues {
  // An image of each value stands for it.
  const first = new Map<string | number, number>();
  for (const image of images) {
    const value = attribute.values[image];
    if (value !== "" && !Number.isNaN(value) && !first.has(value)) first.set(value, image);
  }
  const sorted = [...first].sort(([a], [b]) => a < b ? -1 : 1);
  const numberOf = new Map(sorted.map(([value], number) => [value, number]));
  const count = sorted.length;
  return {
    of: Uint32Array.from(images, (image) => numberOf.get(attribute.values[image]) ?? count),
    count,
    mark(value, standing) {
      if (attribute.kind === "categorical") {
        standing.fill(isUnlike, 0, count);
        standing[value] = isAlike;
        return;
      }
      const to = (other: number) => likeness(attribute, sorted[value][1], sorted[other][1]);
      const alikeFrom = firstThat(0, value, (other) => to(other) === "alike");
      const alikeTo = firstThat(value, count, (other) => to(other) !== "alike");
      const unlikeTo = firstThat(0, value, (other) => to(other) !== "unlike");
      const unlikeFrom = firstThat(value, count, (other) => to(other) === "unlike");
      standing.fill(isAlike, alikeFrom, alikeTo);
      standing.fill(isUnlike, 0, unlikeTo);
      standing.fill(isUnlike, unlikeFrom, count);
    },
  };
}

/** The first number from `low` up to `high` that fits; all after it do. `high` when none does. */
function firstThat(low: number, high: number, fits: (number: number) => boolean): number {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Values that are several at once: the sets that images have. */
function multiValues(attribute: MultiAttribute, images: Uint32Array): BatchValues {
  const sets: (readonly string[])[] = [];
  const numberOf = new Map<string, number>();
  const keys = Array.from(images, (image) => {
    const set = attribute.values[image];
    if (set.length === 0) return null;
    const key = JSON.stringify(set.toSorted());
    if (!numberOf.has(key)) numberOf.set(key, sets.push(set) - 1);
    return key;
  });
  const count = sets.length;
  const having = new Map<string, number[]>();
  for (const [number, set] of sets.entries()) {
    for (const value of set) {
      const some = having.get(value);
      if (some === undefined) having.set(value, [number]);
      else some.push(number);
    }
  }
  return {
    of: Uint32Array.from(keys, (key) => key === null ? count : numberOf.get(key)!),
    count,
    mark(number, standing) {
      standing.fill(isUnlike, 0, count);
      for (const value of sets[number]) {
        for (const other of having.get(value)!) standing[other] = isAlike;
      }
    },
  };
}
