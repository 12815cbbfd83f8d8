import { randomBelow, randomUnit, streamFor } from "../base/random.ts";
import type { Embeddings } from "../search/embeddings.ts";
import type { Masks } from "../search/mixture.ts";
import { logistic } from "../statistics/logistic_fit.ts";
import { fitNonNegative, largestPenalty } from "../statistics/non_negative_fit.ts";
import { type Answer, answerTriplets } from "./answer.ts";
import { squareDifferences } from "./square_differences.ts";

/** A guess at the weights of a notion. */
export interface Guess {
  /** [D] */
  readonly weights: Float64Array;
  /** How likely it is beside the others: these add up to 1. */
  readonly likelihood: number;
}

/** What the weights of a notion may be, as far as answers say. */
export type Committee = readonly Guess[];

/** Guesses from answers. */
const members = 6;

/** Before so many answers, the notions that there are serve as guesses. */
const fewestFitted = 8;

/** A guess takes half of the answers, and so many at most: many answers cost no more time. */
const mostFitted = 300;

/** The penalty of a guess, as a share of the one from which on all weights are 0. */
const penaltyShare = 0.15;

/** Pairs of embeddings that say how large each dimension is. */
const measuredPairs = 64;

/**
 * Guesses at weights. From answers, each is fitted to a random half of them; the masks of the notions
 * that there are, and no mask, are guesses, too. Answers that a guess was not fitted to say how
 * likely it is. Deterministic by the seed and the answers.
 */
export function committeeOf(
  embeddings: Embeddings,
  answers: readonly Answer[],
  { masks, seed }: { readonly masks: Masks; readonly seed: number },
): Committee {
  const said = answerTriplets(answers);
  const prior = priorGuesses(embeddings, masks, seed).map((weights) => ({
    weights,
    score: scoreOf(embeddings, weights, said, () => true),
  }));
  if (said.length < 3 * fewestFitted) return likely(prior);
  const triplets = Uint32Array.from([...said, ...bothWays(answers, said.length / 3)]);
  const count = triplets.length / 3;
  const width = embeddings.dimension;
  const { values, units } = squareDifferences(embeddings, triplets);
  const share = Math.min(0.5, mostFitted / count);
  const fitted = Array.from({ length: members }, (_, member) => {
    const stream = streamFor("question", 1 + member);
    const isUsed = (row: number) => randomUnit(seed, stream, row) < share;
    const used = Uint32Array.from({ length: count }, (_, row) => row).filter(isUsed);
    const most = used.length === 0 ? 0 : largestPenalty({ values, width, used });
    if (most === 0) return null;
    const rows = { values, width, used };
    const weights = fitNonNegative(rows, penaltyShare * most, { tolerance: 1e-2 })
      .map((weight, d) => weight / units[d]);
    return { weights, score: scoreOf(embeddings, weights, said, (row) => !isUsed(row)) };
  }).filter((guess) => guess !== null);
  return likely([...fitted, ...prior]);
}

/** So many answers decide at most between guesses, so that none is ever alone. */
const decidingAnswers = 20;

/**
 * The mean log likelihood of answers that a guess was not fitted to, in nats, times the number of
 * answers or 20.
 */
function scoreOf(
  embeddings: Embeddings,
  weights: Float64Array,
  triplets: Uint32Array,
  isJudged: (row: number) => boolean,
): number {
  let [sum, count] = [0, 0];
  for (let row = 0; 3 * row < triplets.length; row++) {
    if (!isJudged(row)) continue;
    const [anchor, far, near] = triplets.subarray(3 * row, 3 * row + 3);
    const to = (image: number) => weightedSquare(embeddings, weights, anchor, image);
    sum += Math.log(logistic(answerLogit(to(near), to(far))));
    count++;
  }
  // As if it had been right and wrong once, too.
  const logits = [surest / 2, -surest / 2].reduce((sum, x) => sum + Math.log(logistic(x)), 0);
  return (sum + logits) / (count + 2) * Math.min(triplets.length / 3, decidingAnswers);
}

/** Guesses with their chances, by scores that are log likelihoods. */
function likely(
  guesses: readonly { readonly weights: Float64Array; readonly score: number }[],
): Guess[] {
  const most = Math.max(...guesses.map(({ score }) => score));
  const chances = guesses.map(({ score }) => Math.exp(score - most));
  const sum = chances.reduce((sum, each) => sum + each, 0);
  return guesses.map(({ weights }, at) => ({ weights, likelihood: chances[at] / sum }));
}

/** The logit of the answer where one image is like the anchor, and the other is not at all. */
export const surest = 4;

/**
 * The logit that an annotator calls the first image more alike, by its squared distance to the
 * anchor and that of the second: their difference as a share of their sum, which knows no units.
 */
function answerLogit(one: number, other: number): number {
  return one + other > 0 ? surest * (other - one) / (other + one) : 0;
}

function weightedSquare(
  { vectors, dimension }: Embeddings,
  weights: Float64Array,
  a: number,
  b: number,
): number {
  let sum = 0;
  for (let d = 0; d < dimension; d++) {
    sum += weights[d] * (vectors[a * dimension + d] - vectors[b * dimension + d]) ** 2;
  }
  return sum;
}

/**
 * Where an annotator cannot say, the images are about as far: each of the last of these, as many as
 * there are answers, counts as an answer both ways round.
 */
function bothWays(answers: readonly Answer[], most: number): number[] {
  return answers.filter(({ chosen }) => chosen === null).slice(-most)
    .flatMap(({ anchor, left, right }) => [anchor, left, right, anchor, right, left]);
}

/** The squared masks, and no mask: plain, and with all dimensions in units of their size. */
function priorGuesses(embeddings: Embeddings, masks: Masks, seed: number): Float64Array[] {
  const squares = [...masks.values()].map((mask) => Float64Array.from(mask, (each) => each * each));
  const spread = spreadOf(embeddings, seed);
  return [...squares, spread.map(() => 1), spread.map((each) => each > 0 ? 1 / each : 0)]
    .filter((weights) => weights.some((weight) => weight > 0));
}

/** [D]: the sum of squared differences of some pairs of embeddings. */
function spreadOf({ names, vectors, dimension }: Embeddings, seed: number): Float64Array {
  const stream = streamFor("question", 1 + members);
  const spread = new Float64Array(dimension);
  for (let pair = 0; pair < measuredPairs; pair++) {
    const [a, b] = [0, 1].map((each) =>
      dimension * randomBelow(seed, stream, 2 * pair + each, names.length)
    );
    if (Number.isNaN(vectors[a] + vectors[b])) continue;
    for (let d = 0; d < dimension; d++) spread[d] += (vectors[a + d] - vectors[b + d]) ** 2;
  }
  return spread;
}
