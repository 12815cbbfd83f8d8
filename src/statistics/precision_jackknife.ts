import { varianceOf } from "./mean.ts";
import type { RandomHalves } from "./random_halves.ts";
import type { Ranking } from "./ranking.ts";
import { type Scatter, scatterOf } from "./unit_scatter.ts";

/** Splits whose averages are compared; of many images, fewer: their variance is then small. */
const mostSplits = 50;
const fewestSplits = 10;
const manyImages = 1_000;

/** Shares of the variance over splits that the variances for both ends are less by. */
const [takenAbove, takenBelow] = [0.3, 1.5];

/** A scatter whose estimate leans: it lies far above the truth more often than far below. */
export interface LeaningScatter extends Scatter {
  /** The variance for the lower end of an interval; `variance` is for the upper one. */
  readonly lower: number;
}

/**
 * The scatter of mean average precision, where the queries are images of the gallery, too.
 *
 * It is a jackknife over images (Efron and Stein, The Jackknife Estimate of Variance, Annals of
 * Statistics 1981): each is taken out as a query and from all other rankings. A bootstrap over
 * queries alone has the gallery fixed; mean average precision is much like a mean over pairs of
 * images, so its intervals are half as wide as they should be.
 *
 * What takes c images together (order c of Hoeffding's decomposition) the jackknife inflates c
 * times. The average over two halves that complement each other varies from split to split by the
 * same, 2^(c - 1) - 1 times: 0, 1, 3. The jackknife less that variance, J - A, is unbiased up to
 * the second order. But where that order matters the mean leans: it grows with the square of how
 * unequal the kinds happen to be, and J is small where it lies too low. So the upper end of an
 * interval goes by J - 3/10 A and the lower by J - 3/2 A, at least J / 4. So simulated coverage has
 * it (`deno task coverage`) from 30 units on: by J, intervals of rankings near random among values
 * of five images are a fifth to a third longer than they need be; by J - 2/5 A, those of 30 groups
 * of three kinds hold less than 93 of 100 times.
 */
export class PrecisionJackknife {
  readonly #halves: RandomHalves;
  /** [split][half]: sums of precisions there, and of how many queries. */
  readonly #sums: readonly Float64Array[];
  readonly #counts: readonly Uint32Array[];
  /** [image]: what the sum of precisions changes by without it. */
  readonly #changes: Float64Array;
  /** [image]: how many queries fewer there are without it. */
  readonly #fewer: Uint32Array;
  #sum = 0;
  #queries = 0;

  constructor(halves: RandomHalves) {
    const count = halves.unitOf.length;
    const splits = Math.max(fewestSplits, Math.floor(mostSplits * manyImages / count));
    this.#halves = { ...halves, halves: halves.halves.slice(0, Math.min(mostSplits, splits)) };
    this.#sums = this.#halves.halves.map(() => new Float64Array(2));
    this.#counts = this.#halves.halves.map(() => new Uint32Array(2));
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
    this.#addHalves(query, { images: irrelevant.images, places }, imagesAt(relevant.images, alike));
  }

  /** The precision of a query in its half of each split; `relevant` are images in their order. */
  #addHalves(
    query: number,
    irrelevant: { readonly images: ArrayLike<number>; readonly places: Uint32Array },
    relevant: Uint32Array,
  ): void {
    const before = new Uint32Array(relevant.length + 1);
    this.#halves.halves.forEach((halfOf, split) => {
      const half = halfOf[query];
      before.fill(0);
      for (let at = 0; at < irrelevant.places.length; at++) {
        if (halfOf[irrelevant.images[at]] === half) before[irrelevant.places[at]]++;
      }
      let [passed, found, sum] = [0, 0, 0];
      for (let place = 0; place < relevant.length; place++) {
        passed += before[place];
        if (halfOf[relevant[place]] !== half) continue;
        found++;
        sum += found / (found + passed);
      }
      if (found === 0) return;
      this.#sums[split][half] += sum / found;
      this.#counts[split][half]++;
    });
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

  /** The scatter of the mean. */
  scatter(): LeaningScatter {
    const mean = this.#sum / this.#queries;
    const share = (this.#fewer.length - 1) / this.#fewer.length;
    const influences = this.#changes.map((change, image) => {
      const queries = this.#queries - this.#fewer[image];
      return queries === 0 ? 0 : share * (mean - (this.#sum + change) / queries);
    });
    const scatter = scatterOf(influences, this.#halves.unitOf);
    const averages = this.#averages();
    const less = (taken: number) =>
      Math.max(scatter.variance / 4, scatter.variance - taken * averages);
    return { ...scatter, variance: less(takenAbove), lower: less(takenBelow) };
  }

  /** The variance over splits of the average of the means of both halves. */
  #averages(): number {
    const { share } = this.#halves;
    const averages = this.#sums
      .map(([none, some], split) => {
        const [ofNone, ofSome] = this.#counts[split];
        return (1 - share) * none / ofNone + share * some / ofSome;
      })
      // A half may have no query of which something is relevant there.
      .filter((each) => !Number.isNaN(each));
    return averages.length < 2 ? 0 : varianceOf(averages);
  }
}

/** Images by their places; those at one place in any order. */
function imagesAt(images: ArrayLike<number>, places: Uint32Array): Uint32Array {
  const next = Uint32Array.from(places.keys());
  const found = new Uint32Array(images.length);
  for (let at = 0; at < images.length; at++) found[next[places[at]]++] = images[at];
  return found;
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
