import { shuffled, streamFor } from "../base/random.ts";
import { varianceOf } from "./mean.ts";
import type { Distances, Ranking } from "./ranking.ts";
import type { Scatter } from "./unit_scatter.ts";

/** Halves that are drawn: their variance is then known to a tenth. */
const mostHalves = 200;

/**
 * Images kept of each ranking, and of what is relevant in it. That half of the images holds fewer
 * than ten of the first 64, or none of 32, has a chance below 1e-8.
 */
const keptNearest = 64;
const keptRelevant = 32;

/** A query with what its ranking begins with. */
interface KeptRanking {
  readonly query: number;
  /** Image numbers, nearest first; of equal distances the irrelevant come first. */
  readonly nearest: readonly number[];
  /** Whether each is relevant. */
  readonly isRelevant: readonly boolean[];
  /** Some of the relevant images, or all. */
  readonly relevant: readonly number[];
}

/**
 * The scatter of R@k over other images, where the queries are images of the gallery, too: the
 * variance of the recalls of random halves of the images, which stands for that of all (the
 * delete-d jackknife with d = n / 2; Shao and Wu, A General Theory for Jackknife Variance
 * Estimation, Annals of Statistics 1989). A jackknife that leaves out single images gives up to
 * twice the variance, because a first rank is no smooth function of the images.
 */
export class RecallHalves {
  readonly #rankings: KeptRanking[] = [];
  readonly #images: number;

  /** For images 0 to `count` - 1. */
  constructor(count: number) {
    this.#images = count;
  }

  /** Adds the ranking of query number `query`, of which something is relevant. */
  add(query: number, { relevant, irrelevant }: Ranking): void {
    const first = [...nearestOf(relevant, true), ...nearestOf(irrelevant, false)]
      .sort((a, b) => a.distance - b.distance || Number(a.isRelevant) - Number(b.isRelevant))
      .slice(0, keptNearest);
    this.#rankings.push({
      query,
      nearest: first.map(({ image }) => image),
      isRelevant: first.map((each) => each.isRelevant),
      relevant: Array.from(relevant.images).slice(0, keptRelevant),
    });
  }

  /**
   * The scatter of the recall at `rank`. `groups` numbers each image's, where those are the units;
   * `seed` decides the halves.
   */
  scatter(rank: number, seed: number, groups?: ArrayLike<number>): Scatter {
    const unitOf = (image: number) => groups?.[image] ?? image;
    const units = [...new Set(Array.from({ length: this.#images }, (_, image) => unitOf(image)))];
    const recalls: number[] = [];
    for (let half = 0; half < mostHalves; half++) {
      const order = shuffled(units.length, seed, streamFor("halves", half));
      const inside = new Set(Array.from(order.subarray(0, units.length >> 1), (at) => units[at]));
      const recall = this.#recallOf((image) => inside.has(unitOf(image)), rank);
      if (recall !== null) recalls.push(recall);
    }
    const variance = recalls.length < 2 ? 0 : varianceOf(recalls);
    return { variance, units: units.length };
  }

  /** The recall among some of the images; null where no query has anything relevant. */
  #recallOf(isInside: (image: number) => boolean, rank: number): number | null {
    let [queries, found] = [0, 0];
    for (const { query, nearest, isRelevant, relevant } of this.#rankings) {
      if (!isInside(query) || !relevant.some(isInside)) continue;
      queries++;
      let passed = 0;
      for (let place = 0; place < nearest.length && passed < rank; place++) {
        if (!isInside(nearest[place])) continue;
        if (isRelevant[place]) {
          found++;
          break;
        }
        passed++;
      }
    }
    return queries === 0 ? null : found / queries;
  }
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
