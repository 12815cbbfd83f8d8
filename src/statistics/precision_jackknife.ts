import type { Ranking } from "./ranking.ts";
import { type Scatter, scatterOf } from "./unit_scatter.ts";

/**
 * The scatter of mean average precision, where the queries are images of the gallery, too.
 *
 * It is a jackknife over images (Efron and Stein, The Jackknife Estimate of Variance, 1981): each
 * is taken out as a query and from all other rankings. A bootstrap over queries alone has the
 * gallery fixed; mean average precision is much like a mean over pairs of images, so its intervals
 * are half as wide as they should be.
 */
export class PrecisionJackknife {
  /** [image]: what the sum of precisions changes by without it. */
  readonly #changes: Float64Array;
  /** [image]: how many queries fewer there are without it. */
  readonly #fewer: Uint32Array;
  #sum = 0;
  #queries = 0;

  /** For images 0 to `count` - 1. */
  constructor(count: number) {
    this.#changes = new Float64Array(count);
    this.#fewer = new Uint32Array(count);
  }

  /** Adds the ranking of query number `query` with its average precision. */
  add(query: number, precision: number, { relevant, irrelevant }: Ranking): void {
    const sorted = relevant.distances.slice().sort();
    const places = placesOf(irrelevant.distances, sorted);
    const without = precisionsWithout(sorted.length, places);
    this.#queries++;
    this.#fewer[query]++;
    this.#sum += precision;
    this.#changes[query] -= precision;
    this.#addChanges(irrelevant.images, places, without.irrelevant, precision);
    const alike = placesOf(relevant.distances, sorted);
    this.#addChanges(relevant.images, alike, without.relevant, precision);
    // Without its only relevant image a query is left out.
    if (sorted.length === 1) this.#fewer[relevant.images[0]]++;
  }

  /** What a query's precision changes by without each of some images, by their places. */
  #addChanges(
    images: ArrayLike<number>,
    places: Uint32Array,
    without: Float64Array,
    precision: number,
  ): void {
    // Plain loops: there are as many of these as pairs of a query and an image.
    const differences = without.map((each) => each - precision);
    for (let at = 0; at < places.length; at++) {
      this.#changes[images[at]] += differences[places[at]];
    }
  }

  /** The scatter of the mean. `groups` numbers each image's, where those are the units. */
  scatter(groups?: ArrayLike<number>): Scatter {
    const mean = this.#sum / this.#queries;
    const share = (this.#fewer.length - 1) / this.#fewer.length;
    return scatterOf(
      this.#changes.map((change, image) => {
        const queries = this.#queries - this.#fewer[image];
        return queries === 0 ? 0 : share * (mean - (this.#sum + change) / queries);
      }),
      groups,
    );
  }
}

/**
 * The average precision of a ranking without each of its `relevant` images (by place), and without
 * an irrelevant one that comes right before each of them (or, the last entry, after all); `places`
 * holds that of each irrelevant one.
 */
function precisionsWithout(
  relevant: number,
  places: Uint32Array,
): { readonly relevant: Float64Array; readonly irrelevant: Float64Array } {
  const before = new Float64Array(relevant + 1);
  for (const place of places) before[place]++;
  for (let place = 1; place <= relevant; place++) before[place] += before[place - 1];
  const precision = (place: number, ofThose: number, others: number) =>
    ofThose / (ofThose + before[place] - others);
  // Sums of precisions from a place on: as they are, without an irrelevant one, a relevant one.
  const [whole, lessOther, lessOne] = [1, 2, 3].map(() => new Float64Array(relevant + 1));
  for (let place = relevant - 1; place >= 0; place--) {
    whole[place] = whole[place + 1] + precision(place, place + 1, 0);
    lessOther[place] = lessOther[place + 1] +
      (before[place] > 0 ? precision(place, place + 1, 1) : 0);
    lessOne[place] = lessOne[place + 1] + (place > 0 ? precision(place, place, 0) : 0);
  }
  return {
    relevant: Float64Array.from(
      { length: relevant },
      (_, place) =>
        relevant === 1 ? 0 : (whole[0] - whole[place] + lessOne[place + 1]) / (relevant - 1),
    ),
    irrelevant: Float64Array.from(
      { length: relevant + 1 },
      (_, place) => (whole[0] - whole[place] + lessOther[place]) / relevant,
    ),
  };
}

/** For each distance, how many of `sorted` are below it. */
function placesOf(distances: Float64Array, sorted: Float64Array): Uint32Array {
  const places = new Uint32Array(distances.length);
  for (let at = 0; at < distances.length; at++) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] < distances[at]) low = middle + 1;
      else high = middle;
    }
    places[at] = low;
  }
  return places;
}
