import { meanOf, varianceOf } from "./mean.ts";
import type { RandomHalves } from "./random_halves.ts";
import type { Distances, Ranking } from "./ranking.ts";
import type { Scatter } from "./unit_scatter.ts";

/** Up to which rank recalls are known. */
const deepest = 10;

/**
 * Images that a ranking is begun with. That half of the images holds fewer than ten of the first
 * 64 has a chance below 1e-8; of large groups it may, and then all are looked at.
 */
const keptNearest = 64;

/** [rank]: queries that pass so many irrelevant images first; the last entry, ten and more. */
type Passed = Uint32Array;

/**
 * The scatter of R@k over other images, where the queries are images of the gallery, too.
 *
 * The recalls of two halves of the images, each ranked within itself, are independent; so their
 * squared difference has, for any statistic, twice the variance of a half's recall as its mean
 * (McCarthy, Pseudo-Replication: Half Samples, Review of the International Statistical Institute
 * 1969). It is averaged over many splits. A half's first ranks depend on its few nearest images as
 * those of all do, so the whole's variance is half of that, in proportion to p (1 - p), p the
 * recall: it is the design effect that is carried over.
 *
 * Ten ranks are not few where a half has twenty images. Of a statistic that takes all images
 * together, what it makes of c of them at once (order c of Hoeffding's decomposition) counts
 * 2^(c - 1) times in a half's variance as it is carried over. The average over both halves varies
 * from split to split by the same, 2^(c - 1) - 1 times. So that variance is taken off as far as the
 * ranks are a share of a half: not at all of many images, all of it where the ranks are all others.
 *
 * A jackknife that leaves out single images, and the variance over halves without their
 * complements, give up to twice the variance, because a first rank is no smooth function of the
 * images: they inflate what takes c images c times, and 2^c - 1 times (Efron and Stein, The
 * Jackknife Estimate of Variance, Annals of Statistics 1981, has the first).
 */
export class RecallHalves {
  readonly #halves: RandomHalves;
  readonly #whole: Passed = new Uint32Array(deepest + 1);
  /** [split][half]. */
  readonly #passed: readonly (readonly [Passed, Passed])[];

  constructor(halves: RandomHalves) {
    this.#halves = halves;
    const none = () => new Uint32Array(deepest + 1);
    this.#passed = halves.halves.map(() => [none(), none()]);
  }

  /** Adds the ranking of query number `query`, of which something is relevant. */
  add(query: number, ranking: Ranking): void {
    const nearest = nearestImages(ranking);
    const all = new Uint8Array(this.#halves.unitOf.length);
    this.#whole[passedBy(ranking, nearest, all, 0)]++;
    this.#halves.halves.forEach((halfOf, split) => {
      const half = halfOf[query];
      // A half that has nothing relevant is not asked.
      if (!hasAny(ranking.relevant.images, halfOf, half)) return;
      this.#passed[split][half][passedBy(ranking, nearest, halfOf, half)]++;
    });
  }

  /** The scatter of the recall at `rank`, 1 to 10. */
  scatter(rank: number): Scatter {
    const { units, share } = this.#halves;
    const recalls = this.#passed.map((halves) => halves.map((passed) => recallAt(rank, passed)))
      .filter(([none, some]) => !Number.isNaN(none) && !Number.isNaN(some));
    const ofHalf = meanOf(recalls.flat());
    const independent = ofHalf * (1 - ofHalf);
    const whole = recallAt(rank, this.#whole);
    // No half has a query, or all of them have the same recall of 0 or 1.
    if (!(independent > 0)) return { variance: 0, units };
    const difference = meanOf(recalls.map(([none, some]) => (none - some) ** 2));
    const averages = recalls.map(([none, some]) => (1 - share) * none + share * some);
    const ofAll = averages.length < 2 ? 0 : varianceOf(averages);
    const variance = share * (1 - share) * difference - this.#shareOfHalf(rank) * ofAll;
    return { variance: Math.max(0, variance) / independent * whole * (1 - whole), units };
  }

  /** The share of a half that so many ranks are, without the query; at most 1. */
  #shareOfHalf(rank: number): number {
    return Math.min(1, rank / Math.max(1, this.#halves.unitOf.length / 2 - 1));
  }
}

/** The share of queries that pass fewer irrelevant images than `rank`; NaN of no query. */
function recallAt(rank: number, passed: Passed): number {
  const sum = (counts: Passed) => counts.reduce((total, count) => total + count, 0);
  return sum(passed.subarray(0, rank)) / sum(passed);
}

function hasAny(images: ArrayLike<number>, halfOf: Uint8Array, half: number): boolean {
  for (let at = 0; at < images.length; at++) if (halfOf[images[at]] === half) return true;
  return false;
}

/** What a ranking begins with. */
interface Nearest {
  /** Image numbers, nearest first; of equal distances the irrelevant come first. */
  readonly images: Uint32Array;
  /** 1 where it is relevant. */
  readonly isRelevant: Uint8Array;
}

function nearestImages({ relevant, irrelevant }: Ranking): Nearest {
  const first = [...nearestOf(relevant, true), ...nearestOf(irrelevant, false)]
    .sort((a, b) => a.distance - b.distance || Number(a.isRelevant) - Number(b.isRelevant))
    .slice(0, keptNearest);
  return {
    images: Uint32Array.from(first, ({ image }) => image),
    isRelevant: Uint8Array.from(first, (each) => Number(each.isRelevant)),
  };
}

/** Irrelevant images of a half that come before all relevant ones, of which it has some. */
function passedBy(ranking: Ranking, nearest: Nearest, halfOf: Uint8Array, half: number): number {
  let passed = 0;
  for (let place = 0; place < nearest.images.length; place++) {
    if (halfOf[nearest.images[place]] !== half) continue;
    if (nearest.isRelevant[place] === 1) return passed;
    if (++passed === deepest) return deepest;
  }
  return Math.min(deepest, passedOfAll(ranking, halfOf, half));
}

/** The same by all images. */
function passedOfAll({ relevant, irrelevant }: Ranking, halfOf: Uint8Array, half: number): number {
  const isInside = (image: number) => halfOf[image] === half;
  const least = relevant.distances.reduce(
    (found, distance, at) => isInside(relevant.images[at]) ? Math.min(found, distance) : found,
    Infinity,
  );
  return irrelevant.distances.reduce(
    (count, distance, at) => count + Number(distance <= least && isInside(irrelevant.images[at])),
    0,
  );
}

/** The nearest images of a part of a ranking, in any order. */
function nearestOf({ distances, images }: Distances, isRelevant: boolean) {
  const last = smallest(distances, Math.min(keptNearest, distances.length));
  const found: { image: number; distance: number; isRelevant: boolean }[] = [];
  for (let at = 0; at < distances.length; at++) {
    if (distances[at] < last) {
      found.push({ image: images[at], distance: distances[at], isRelevant });
    }
  }
  // A collapsed embedding has any number of equal distances.
  for (let at = 0; at < distances.length && found.length < keptNearest; at++) {
    if (distances[at] === last) found.push({ image: images[at], distance: last, isRelevant });
  }
  return found;
}

/** Smallest distance number `count`, from 1. */
function smallest(distances: Float64Array, count: number): number {
  const kept = distances.slice(0, count).sort();
  for (let at = count; at < distances.length; at++) {
    if (distances[at] >= kept[count - 1]) continue;
    let place = count - 1;
    for (; place > 0 && kept[place - 1] > distances[at]; place--) kept[place] = kept[place - 1];
    kept[place] = distances[at];
  }
  return kept[count - 1];
}
