import type { MultiAttribute, Sampling } from "../attribute.ts";
import { balancedAttempts, DrawnTriplets, type Numbers, type Triplet } from "./drawn_triplets.ts";

/** Images that have the very same values. */
interface Kind {
  readonly values: readonly string[];
  readonly images: readonly number[];
}

/** Triplets of an attribute of which images have several values. */
export class SharedValueDraw {
  readonly #numbers: Numbers;
  readonly #drawn = new DrawnTriplets();
  readonly #kinds: readonly Kind[];
  /** The kind of each image that has a value. */
  readonly #kindOf = new Map<number, Kind>();
  /** All images that have a value. */
  readonly #images: readonly number[];
  /** The images that have each value. */
  readonly #byValue: readonly (readonly number[])[];
  /** How many triplets there are whose anchor is of a kind. */
  readonly #capacities: readonly number[];

  constructor(attribute: MultiAttribute, images: Uint32Array, numbers: Numbers) {
    this.#numbers = numbers;
    this.#kinds = kindsOf(attribute, images);
    this.#images = this.#kinds.flatMap((kind) => kind.images);
    for (const kind of this.#kinds) for (const image of kind.images) this.#kindOf.set(image, kind);
    const byValue = imagesByValue(this.#kinds);
    this.#byValue = [...byValue.keys()].sort().map((value) => byValue.get(value)!);
    this.#capacities = capacitiesOf(this.#kinds, this.#images.length);
  }

  /** [3 n] indices of `count` different triplets, or of all there are. */
  draw(count: number, sampling: Sampling = "balanced"): Uint32Array<ArrayBuffer> {
    const possible = this.#capacities.reduce((sum, capacity) => sum + capacity, 0);
    // Drawing at random would hardly find the last ones.
    if (possible <= 2 * count) return this.#someOfAll(Math.min(count, possible));
    return sampling === "uniform" ? this.#uniform(count) : this.#balanced(count);
  }

  /** Picks from a list of all triplets. */
  #someOfAll(count: number): Uint32Array<ArrayBuffer> {
    const all = [...this.#all()];
    const triplets = new Uint32Array(3 * count);
    for (let done = 0; done < count; done++) {
      const at = done + this.#numbers.below(all.length - done);
      [all[done], all[at]] = [all[at], all[done]];
      triplets.set(all[done], 3 * done);
    }
    return triplets;
  }

  *#all(): Generator<Triplet> {
    for (const anchor of this.#images) {
      const alike = this.#images.filter((image) => this.#share(anchor, image));
      const unlike = this.#images.filter((image) => !this.#share(anchor, image));
      for (const far of unlike) {
        for (const near of alike) if (near !== anchor) yield [anchor, far, near];
      }
    }
  }

  #uniform(count: number): Uint32Array<ArrayBuffer> {
    const triplets = new Uint32Array(3 * count);
    for (let done = 0; done < count; done++) {
      triplets.set(this.#drawn.one(() => this.#any()), 3 * done);
    }
    return triplets;
  }

  /**
   * Values take turns as what anchor and near share; each pair of values is drawn both ways round.
   */
  #balanced(count: number): Uint32Array<ArrayBuffer> {
    const triplets = new Uint32Array(3 * count);
    let done = 0;
    const add = (value: number, other: number) => {
      if (done < count) triplets.set(this.#balancedOne(value, other), 3 * done++);
    };
    const values = this.#byValue.length;
    for (let turn = this.#numbers.below(values); done < count; turn++) {
      const value = turn % values;
      const other = (value + 1 + this.#numbers.below(values - 1)) % values;
      add(value, other);
      add(other, value);
    }
    return triplets;
  }

  /**
   * A new triplet whose alike images share `value` and whose unlike one has `other`, if that can
   * be.
   */
  #balancedOne(value: number, other: number): Triplet {
    for (let attempt = 0; attempt < balancedAttempts; attempt++) {
      const triplet: Triplet = [this.#member(value), this.#member(other), this.#member(value)];
      const [anchor, far, near] = triplet;
      if (anchor === near || this.#share(anchor, far)) continue;
      if (this.#drawn.add(triplet)) return triplet;
    }
    return this.#drawn.one(() => this.#any());
  }

  /** Any triplet, each with the same chance. */
  #any(): Triplet {
    const { images } = this.#kinds[this.#numbers.weighted(this.#capacities)];
    const anchor = images[this.#numbers.below(images.length)];
    return [
      anchor,
      this.#anyThat((image) => !this.#share(anchor, image)),
      this.#anyThat((image) => image !== anchor && this.#share(anchor, image)),
    ];
  }

  #anyThat(fits: (image: number) => boolean): number {
    for (;;) {
      const image = this.#images[this.#numbers.below(this.#images.length)];
      if (fits(image)) return image;
    }
  }

  #member(value: number): number {
    const images = this.#byValue[value];
    return images[this.#numbers.below(images.length)];
  }

  #share(a: number, b: number): boolean {
    const [first, second] = [this.#kindOf.get(a)!, this.#kindOf.get(b)!];
    return first === second || first.values.some((value) => second.values.includes(value));
  }
}

function kindsOf(attribute: MultiAttribute, images: Uint32Array): Kind[] {
  // Images that have the same list of values may share the very list: then it is written once.
  const keys = new Map<readonly string[], string>();
  const keyOf = (values: readonly string[]) => JSON.stringify(values.toSorted());
  const byKey = Map.groupBy(
    images,
    (image) => keys.getOrInsertComputed(attribute.values[image], keyOf),
  );
  return [...byKey]
    .filter(([key]) => key !== "[]")
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([key, images]) => ({ values: JSON.parse(key), images }));
}

function imagesByValue(kinds: readonly Kind[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { values, images } of kinds) {
    for (const value of values) {
      const list = found.get(value);
      if (list === undefined) found.set(value, [...images]);
      else for (const image of images) list.push(image);
    }
  }
  return found;
}

/**
 * Counts, for the anchors of each kind, the images that share a value with them and those that do
 * not.
 */
function capacitiesOf(kinds: readonly Kind[], images: number): number[] {
  const withValue = new Map<string, number[]>();
  kinds.forEach(({ values }, kind) => {
    for (const value of values) {
      const list = withValue.get(value);
      if (list === undefined) withValue.set(value, [kind]);
      else list.push(kind);
    }
  });
  // Which kind saw each kind last: one that shares two values counts once.
  const seenBy = new Int32Array(kinds.length).fill(-1);
  return kinds.map(({ values, images: own }, kind) => {
    let alike = 0;
    for (const value of values) {
      for (const other of withValue.get(value)!) {
        if (seenBy[other] === kind) continue;
        seenBy[other] = kind;
        alike += kinds[other].images.length;
      }
    }
    return own.length * (alike - 1) * (images - alike);
  });
}
