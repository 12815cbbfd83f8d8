import { type Attribute, isKnown } from "../sets/attribute.ts";
import { likeness } from "../sets/make/notions/likeness.ts";
import { shuffled } from "../base/random.ts";
import type { Retrieval, RetrievalScores } from "./model_analysis.ts";
import type { MaskedVectors } from "../statistics/masked_vectors.ts";
import { chanceScores, type QueryScores, queryScores } from "../statistics/retrieval_scores.ts";

/** Queries that are drawn of each notion: a recall is then known to 1.6 hundredths at worst. */
const mostQueries = 1_000;

/**
 * How well a notion's distance finds images that are alike by it. Each query ranks all other images
 * whose value is known; those that are alike are relevant. Queries are all such images, or 1,000
 * drawn by `seed` and `stream`. Row i of `masked` is image number `images[i]` of the attribute.
 * Null when no query has anything relevant.
 */
export function retrieval(
  masked: MaskedVectors,
  images: Uint32Array,
  attribute: Attribute,
  random: { readonly seed: number; readonly stream: number },
): Omit<Retrieval, "notion"> | null {
  const known = Uint32Array.from(images.keys()).filter((row) => isKnown(attribute, images[row]));
  const order = shuffled(known.length, random.seed, random.stream).subarray(0, mostQueries);
  const gallery = known.length - 1;
  const found: QueryScores[] = [];
  const chances = new Map<number, QueryScores>();
  const expected: QueryScores[] = [];
  for (const place of order) {
    const { relevant, irrelevant } = distancesFrom(known[place], known, masked, images, attribute);
    const scores = queryScores(relevant, irrelevant);
    if (scores === null) continue;
    found.push(scores);
    const chance = chances.get(relevant.length) ?? chanceScores(relevant.length, gallery);
    chances.set(relevant.length, chance);
    expected.push(chance);
  }
  if (found.length === 0) return null;
  return {
    ...meanOf(found),
    queries: found.length,
    withoutRelevant: order.length - found.length,
    gallery,
    chance: meanOf(expected),
  };
}

/** Squared distances of all other known images to a query. */
function distancesFrom(
  query: number,
  known: Uint32Array,
  masked: MaskedVectors,
  images: Uint32Array,
  attribute: Attribute,
): { relevant: Float64Array; irrelevant: Float64Array } {
  const distances = masked.squaredDistances(query, known);
  // Relevant ones from the front on, the others from the end.
  const divided = new Float64Array(known.length - 1);
  let [alike, others] = [0, divided.length];
  for (let at = 0; at < known.length; at++) {
    if (known[at] === query) continue;
    const isRelevant = likeness(attribute, images[query], images[known[at]]) === "alike";
    divided[isRelevant ? alike++ : --others] = distances[at];
  }
  return { relevant: divided.subarray(0, alike), irrelevant: divided.subarray(alike) };
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
