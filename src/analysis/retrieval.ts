import { type Attribute, isKnown } from "../sets/attribute.ts";
import { likeness } from "../sets/make/notions/likeness.ts";
import { shuffled } from "../base/random.ts";
import { wilsonInterval } from "../statistics/interval.ts";
import { type Ranking, RetrievalJackknife } from "../statistics/retrieval_jackknife.ts";
import type { Retrieval, RetrievalScores } from "./model_analysis.ts";
import type { MaskedVectors } from "../statistics/masked_vectors.ts";
import { chanceScores, type QueryScores, queryScores } from "../statistics/retrieval_scores.ts";

/** Queries that are drawn of each notion: a recall is then known to 1.6 hundredths at worst. */
const mostQueries = 1_000;

/**
 * How well a notion's distance finds images that are alike by it. Each query ranks all other images
 * whose value is known; those that are alike are relevant. Queries are all such images, or 1,000
 * drawn by `seed` and `stream`. Row i of `masked` is image number `images[i]` of the attribute.
 * `groups`, by image of the set, are the units of the intervals where they are given, else images
 * are: see `RetrievalJackknife`. Null when no query has anything relevant.
 */
export function retrieval(
  masked: MaskedVectors,
  images: Uint32Array,
  attribute: Attribute,
  random: { readonly seed: number; readonly stream: number },
  groups?: ArrayLike<number>,
): Omit<Retrieval, "notion"> | null {
  const known = Uint32Array.from(images.keys()).filter((row) => isKnown(attribute, images[row]));
  const order = shuffled(known.length, random.seed, random.stream).subarray(0, mostQueries);
  const gallery = known.length - 1;
  const found: QueryScores[] = [];
  const chances = new Map<number, QueryScores>();
  const expected: QueryScores[] = [];
  const jackknife = new RetrievalJackknife(known.length);
  for (const place of order) {
    const ranking = rankingFrom(place, known, masked, images, attribute);
    const relevant = ranking.relevant.distances;
    const scores = queryScores(relevant, ranking.irrelevant.distances);
    if (scores === null) continue;
    found.push(scores);
    jackknife.add(place, scores, ranking);
    const chance = chances.get(relevant.length) ?? chanceScores(relevant.length, gallery);
    chances.set(relevant.length, chance);
    expected.push(chance);
  }
  if (found.length === 0) return null;
  const means = meanOf(found);
  const ofKnown = groups && Array.from(known, (row) => groups[images[row]]);
  const interval = (mean: number, name: keyof QueryScores) =>
    wilsonInterval(mean, jackknife.scatter(name, ofKnown));
  return {
    ...means,
    intervals: {
      recallAt1: interval(means.recallAt1, "recallAt1"),
      recallAt10: interval(means.recallAt10, "recallAt10"),
      meanAveragePrecision: interval(means.meanAveragePrecision, "averagePrecision"),
    },
    queries: found.length,
    withoutRelevant: order.length - found.length,
    gallery,
    chance: meanOf(expected),
  };
}

/** Squared distances of all other known images to number `query` of them. */
function rankingFrom(
  query: number,
  known: Uint32Array,
  masked: MaskedVectors,
  images: Uint32Array,
  attribute: Attribute,
): Ranking {
  const all = masked.squaredDistances(known[query], known);
  // Relevant ones from the front on, the others from the end.
  const distances = new Float64Array(known.length - 1);
  const places = new Uint32Array(known.length - 1);
  let [alike, others] = [0, distances.length];
  for (let at = 0; at < known.length; at++) {
    if (at === query) continue;
    const isRelevant = likeness(attribute, images[known[query]], images[known[at]]) === "alike";
    const to = isRelevant ? alike++ : --others;
    distances[to] = all[at];
    places[to] = at;
  }
  const part = (from: number, upTo: number) => ({
    distances: distances.subarray(from, upTo),
    images: places.subarray(from, upTo),
  });
  return { relevant: part(0, alike), irrelevant: part(alike, distances.length) };
}

function meanOf(scores: readonly QueryScores[]): RetrievalScores {
  const mean = (pick: (one: QueryScores) => number) =>
    scores.reduce((sum, one) => sum + pick(one), 0) / scores.length;
  return {
    recallAt1: mean((one) => one.recallAt1),
    recallAt10: mean((one) => one.recallAt10),
    meanAveragePrecision: mean((one) => one.averagePrecision),
  };
}
