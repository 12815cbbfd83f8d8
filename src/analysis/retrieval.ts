import { type Attribute, isKnown } from "../sets/attribute.ts";
import type { Interval } from "../statistics/estimate.ts";
import { fewestRanked } from "../statistics/interval.ts";
import { likeness } from "../sets/make/notions/likeness.ts";
import { shuffled } from "../base/random.ts";
import { type LeaningScatter, PrecisionJackknife } from "../statistics/precision_jackknife.ts";
import { randomHalves } from "../statistics/random_halves.ts";
import { studentT } from "../statistics/quantiles.ts";
import type { Ranking } from "../statistics/ranking.ts";
import { RecallHalves } from "../statistics/recall_halves.ts";
import { priorWrong, uncertainShare } from "../statistics/share_interval.ts";
import type { Scatter } from "../statistics/unit_scatter.ts";
import type { Retrieval, RetrievalScores } from "./model_analysis.ts";
import type { MaskedVectors } from "../statistics/masked_vectors.ts";
import { chanceScores, type QueryScores, queryScores } from "../statistics/retrieval_scores.ts";

/** Splits into halves: a standard error is then known to 7 %. */
const splits = 100;

/** Queries that are drawn of each notion: a recall is then known to 1.6 hundredths at worst. */
const mostQueries = 1_000;

/**
 * How well a notion's distance finds images that are alike by it. Each query ranks all other images
 * whose value is known; those that are alike are relevant. Queries are all such images, or 1,000
 * drawn by `seed` and `stream`. Row i of `masked` is image number `images[i]` of the attribute.
 * `groups`, by image of the set, are the units of the intervals where they are given, else images
 * are: see `RecallHalves` and `PrecisionJackknife`. Null when no query has anything relevant.
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
  const ofKnown = groups && Array.from(known, (row) => groups[images[row]]);
  const halved = randomHalves(known.length, { splits, seed: random.seed, groups: ofKnown });
  const jackknife = new PrecisionJackknife(halved);
  const recalls = new RecallHalves(halved);
  for (const place of order) {
    const ranking = rankingFrom(place, known, masked, images, attribute);
    const relevant = ranking.relevant.distances;
    const scores = queryScores(relevant, ranking.irrelevant.distances);
    if (scores === null) continue;
    found.push(scores);
    jackknife.add(place, scores.averagePrecision, ranking);
    recalls.add(place, ranking);
    const chance = chances.get(relevant.length) ?? chanceScores(relevant.length, gallery);
    chances.set(relevant.length, chance);
    expected.push(chance);
  }
  if (found.length === 0) return null;
  const means = meanOf(found);
  const interval = (value: number, scatter: Scatter, least: number) =>
    scoreInterval({ value, queries: found.length, scatter, least });
  const recall = (value: number, rank: number) => interval(value, recalls.scatter(rank), 1);
  return {
    ...means,
    intervals: {
      recallAt1: recall(means.recallAt1, 1),
      recallAt10: recall(means.recallAt10, 10),
      meanAveragePrecision: leaningInterval(
        jackknife.scatter(),
        (scatter) => interval(means.meanAveragePrecision, scatter, 0),
      ),
    },
    queries: found.length,
    withoutRelevant: order.length - found.length,
    gallery,
    chance: meanOf(expected),
  };
}

/**
 * The interval of a mean score of queries. Those of one unit are taken to be right or wrong together
 * where few are wrong, and `least` is the least variance, as a share of that of recalls that are
 * independent. Null of a single unit.
 */
function scoreInterval({ value, queries, scatter: { variance, units }, least }: {
  readonly value: number;
  readonly queries: number;
  readonly scatter: Scatter;
  readonly least: number;
}): Interval | null {
  if (units < 2) return null;
  const prior = Math.max(1, queries / units);
  const weight = Math.max(0, priorWrong - queries * Math.min(value, 1 - value));
  const multiplier = studentT(units - 1);
  return uncertainShare({ value, count: queries, variance, multiplier, prior, weight, least });
}

/**
 * The interval whose lower end is by the lower variance, and whose upper end by the other. Null of
 * fewer than 30 units.
 */
function leaningInterval(
  { units, variance, lower }: LeaningScatter,
  by: (scatter: Scatter) => Interval | null,
): Interval | null {
  if (units < fewestRanked) return null;
  const [upper, under] = [by({ units, variance }), by({ units, variance: lower })];
  return upper && under && { low: under.low, high: upper.high };
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
