import type { QueryScores } from "./retrieval_scores.ts";
import { type Scatter, scatterOf } from "./unit_scatter.ts";

const names = ["recallAt1", "recallAt10", "averagePrecision"] as const;

/** A ranking: distances to what is relevant, to what is not, and which image each is. */
export interface Ranking {
  /** Distances to relevant images, in any order, with the images' numbers. */
  readonly relevant: Distances;
  /** Distances to the others. */
  readonly irrelevant: Distances;
}

/** Distances and the number of the image at each. */
export interface Distances {
  readonly distances: Float64Array;
  readonly images: ArrayLike<number>;
}

/**
 * The scatter of means of scores over queries, where the queries are images of the gallery, too.
 *
 * It is a jackknife over images (Efron and Stein, The Jackknife Estimate of Variance, 1981): each
 * is taken out as a query and from all other rankings. A bootstrap over queries alone has the
 * gallery fixed; for mean average precision, which is much like a mean over pairs of images, its
 * intervals are half as wide as they should be.
 */
export class RetrievalJackknife {
  /** [image]: what the sums of scores change by without it. */
  readonly #changes: Record<keyof QueryScores, Float64Array>;
  /** [image]: how many queries fewer there are without it. */
  readonly #fewer: Uint32Array;
  readonly #sums: Record<keyof QueryScores, number>;
  #queries = 0;

  /** For images 0 to `count` - 1. */
  constructor(count: number) {
    this.#changes = {
      recallAt1: new Float64Array(count),
      recallAt10: new Float64Array(count),
      averagePrecision: new Float64Array(count),
    };
    this.#sums = { recallAt1: 0, recallAt10: 0, averagePrecision: 0 };
    this.#fewer = new Uint32Array(count);
  }

  /** Adds the ranking of query number `query` with its scores. */
  add(query: number, scores: QueryScores, { relevant, irrelevant }: Ranking): void {
    const sorted = relevant.distances.slice().sort();
    const places = placesOf(irrelevant.distances, sorted);
    const without = scoresWithout(sorted.length, places);
    this.#queries++;
    this.#fewer[query]++;
    for (const name of names) {
      this.#sums[name] += scores[name];
      this.#changes[name][query] -= scores[name];
    }
    this.#addChanges(irrelevant.images, places, without.irrelevant, scores);
    const alike = placesOf(relevant.distances, sorted);
    this.#addChanges(relevant.images, alike, without.relevant, scores);
    // Without its only relevant image a query is left out.
    if (sorted.length === 1) this.#fewer[relevant.images[0]]++;
  }

  /** What a query's scores change by without each of some images, by their places. */
  #addChanges(
    images: ArrayLike<number>,
    places: Uint32Array,
    without: ScoresByPlace,
    scores: QueryScores,
  ): void {
    // Plain loops: there are as many of these as pairs of a query and an image.
    for (const name of names) {
      const [changes, score] = [this.#changes[name], scores[name]];
      const differences = without[name].map((each) => each - score);
      for (let at = 0; at < places.length; at++) changes[images[at]] += differences[places[at]];
    }
  }

  /** The scatter of the mean of a score. `groups` numbers each image's, where those are the units. */
  scatter(name: keyof QueryScores, groups?: ArrayLike<number>): Scatter {
    const mean = this.#sums[name] / this.#queries;
    const share = (this.#fewer.length - 1) / this.#fewer.length;
    return scatterOf(
      this.#changes[name].map((change, image) => {
        const queries = this.#queries - this.#fewer[image];
        return queries === 0 ? 0 : share * (mean - (this.#sums[name] + change) / queries);
      }),
      groups,
    );
  }
}

/** Scores of a ranking by the place of what is taken out. */
type ScoresByPlace = Record<keyof QueryScores, Float64Array>;

/**
 * The scores of a ranking without each of its `relevant` images (by place), and without an
 * irrelevant one that comes right before each of them (or, the last entry, after all); `places`
 * holds that of each irrelevant one.
 */
export function scoresWithout(
  relevant: number,
  places: Uint32Array,
): { readonly relevant: ScoresByPlace; readonly irrelevant: ScoresByPlace } {
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
  const found = (place: number, rank: number) =>
    place === relevant || before[place] >= rank ? 0 : 1;
  const scores = (
    places: number,
    first: (place: number) => readonly [place: number, others: number],
    precisions: (place: number) => number,
  ) => {
    const recall = (rank: number) =>
      Float64Array.from({ length: places }, (_, place) => {
        const [at, others] = first(place);
        return found(at, rank + others);
      });
    return {
      recallAt1: recall(1),
      recallAt10: recall(10),
      averagePrecision: Float64Array.from({ length: places }, (_, place) => precisions(place)),
    };
  };
  return {
    relevant: scores(
      relevant,
      (place) => [place === 0 ? 1 : 0, 0],
      (place) =>
        relevant === 1 ? 0 : (whole[0] - whole[place] + lessOne[place + 1]) / (relevant - 1),
    ),
    irrelevant: scores(
      relevant + 1,
      (place) => [0, place === 0 ? 1 : 0],
      (place) => (whole[0] - whole[place] + lessOther[place]) / relevant,
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
