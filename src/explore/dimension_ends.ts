import type { Embeddings } from "../search/embeddings.ts";

/** An image and the number that its embedding holds in a dimension. */
export interface DimensionValue {
  readonly index: number;
  readonly value: number;
}

/** What embeddings hold in one dimension. */
export interface DimensionEnds {
  /** Those of the lowest values, the lowest first. */
  readonly low: readonly DimensionValue[];
  /** Those of the highest values, the highest first. */
  readonly high: readonly DimensionValue[];
  /** How many images have a value in each of equally wide steps from the lowest to the highest. */
  readonly histogram: readonly number[];
  /** Images that have a value. */
  readonly measured: number;
}

/**
 * The `count` images at each end of dimension number `dimension`, ties by index, and how all are
 * spread over `bins` steps. Images without an embedding (NaN) do not count.
 */
export function dimensionEnds(
  { vectors, dimension: width }: Pick<Embeddings, "vectors" | "dimension">,
  dimension: number,
  { count, bins }: { readonly count: number; readonly bins: number },
): DimensionEnds {
  const low = new Lowest(count);
  const high = new Lowest(count);
  let measured = 0;
  const images = vectors.length / width;
  for (let index = 0, at = dimension; index < images; index++, at += width) {
    const value = vectors[at];
    if (Number.isNaN(value)) continue;
    measured++;
    low.offer(index, value);
    high.offer(index, -value);
  }
  const ends = {
    low: low.found,
    high: high.found.map(({ index, value }) => ({ index, value: -value })),
  };
  const histogram = new Array<number>(bins).fill(0);
  if (measured === 0) return { ...ends, histogram, measured };
  const [from, to] = [ends.low[0].value, ends.high[0].value];
  for (let at = dimension; at < vectors.length; at += width) {
    if (Number.isNaN(vectors[at])) continue;
    const share = to > from ? (vectors[at] - from) / (to - from) : 0.5;
    histogram[Math.min(bins - 1, Math.floor(share * bins))]++;
  }
  return { ...ends, histogram, measured };
}

/** The lowest values that were offered, in order. */
class Lowest {
  readonly found: DimensionValue[] = [];
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  offer(index: number, value: number): void {
    const { found } = this;
    if (found.length === this.#count && value >= found[found.length - 1].value) return;
    // Few are kept, so that most are told by one comparison.
    let at = found.length;
    while (at > 0 && found[at - 1].value > value) at--;
    found.splice(at, 0, { index, value });
    if (found.length > this.#count) found.pop();
  }
}
