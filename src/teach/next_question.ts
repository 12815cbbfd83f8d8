import { UsageError } from "../base/errors.ts";
import { randomBelow, randomUnit, streamFor } from "../base/random.ts";
import type { Embeddings } from "../search/embeddings.ts";
import type { Masks } from "../search/mixture.ts";
import { type Answer, type Question, questionKey } from "./answer.ts";
import { type Committee, committeeOf, surest } from "./committee.ts";

/** How the next question is chosen. */
export interface NextQuestionOptions {
  /** The masks [D] of the notions there are: `model.masks`. @default {none} */
  readonly masks?: Masks;
  /** Who is asked: two who are asked at once get different questions. @default {""} */
  readonly by?: string;
  /** Questions that were asked and are not answered yet; they are not asked again. @default {none} */
  readonly pending?: readonly Question[];
  /** Each so many questions, one is asked again; 0: never. @default {10} */
  readonly repeatEvery?: number;
  /** Decides on the images that are tried, and which stands left. @default {1} */
  readonly seed?: number;
}

/** A question to be asked. */
export interface NextQuestion extends Question {
  /** Whether the annotator answered it before: it measures how far answers can be relied on. */
  readonly isRepeated: boolean;
}

/** A question is asked again after so many others at least. */
const repeatAfter = 5;

/** Images that are tried as anchors, and others that each is compared with. */
const [anchorTries, poolSize] = [24, 160];

/** Of each anchor's pool, the nearest by each guess become candidates, and some at random. */
const [nearestOfGuess, randomOfPool] = [4, 8];

/** How much less a question counts for each time that one of its images was asked about. */
const usedFactor = 0.7;

/**
 * The question whose answer teaches most: where guesses at the notion's weights, each fitted to half
 * of the answers, are sure and disagree (mutual information of answer and weights; Houlsby et al.,
 * Bayesian Active Learning for Classification and Preference Learning, 2011), among questions about
 * random images that were asked about little. Which of the images stands left is random. Each tenth
 * question was asked before, with its sides exchanged.
 *
 * It takes some 20 ms, whatever the number of images. The same answers, seed and annotator give the
 * same question. Throws a UsageError where fewer than three images are embedded.
 */
export function nextQuestion(
  embeddings: Embeddings,
  answers: readonly Answer[],
  options: NextQuestionOptions = {},
): NextQuestion {
  const { masks = new Map(), by = "", pending = [], repeatEvery = 10, seed = 1 } = options;
  const draw = new Draw(seed, by, answers.length + pending.length);
  const again = repeatEvery > 0 ? repeated(answers, by, repeatEvery, draw) : null;
  if (again !== null) return again;
  const usable = new UsableRows(embeddings, draw);
  const committee = committeeOf(embeddings, answers, { masks, seed });
  const asked = [...answers, ...pending];
  const known = new Set(asked.map(questionKey));
  const used = usesOf(asked);
  let best: { score: number; anchor: number; one: number; other: number } | null = null;
  for (let i = 0; i < anchorTries; i++) {
    const anchor = usable.leastUsed(used);
    const pool = usable.others(anchor, poolSize);
    const distances = poolDistances(embeddings, committee, anchor, pool);
    const chosen = candidates(distances, pool.length, draw);
    const likenesses = distances.map(likenessesOf);
    // How much less a question counts for its anchor, and for each image.
    const asAnchor = usedFactor ** (used.get(anchor) ?? 0);
    const factors = chosen.map((place) => usedFactor ** (used.get(pool[place]) ?? 0));
    for (let a = 1; a < chosen.length; a++) {
      for (let b = 0; b < a; b++) {
        const [one, other] = [pool[chosen[a]], pool[chosen[b]]];
        const factor = asAnchor * factors[a] * factors[b];
        // No answer says more than this.
        if (best !== null && factor * Math.LN2 <= best.score) continue;
        const score = factor * informationOf(committee, likenesses, chosen[a], chosen[b]);
        if (best !== null && score <= best.score) continue;
        if (known.has(questionKey({ anchor, left: one, right: other }))) continue;
        best = { score, anchor, one, other };
      }
    }
  }
  if (best === null) {
    throw new UsageError(
      `Cannot ask another question about ${embeddings.names.length} images: all were asked; label more images, or ask about those again with \`repeatEvery: 1\``,
    );
  }
  const { anchor, one, other } = best;
  const [left, right] = draw.below(2) === 0 ? [one, other] : [other, one];
  return { anchor, left, right, isRepeated: false };
}

/** Random numbers of one question. */
class Draw {
  readonly #seed: number;
  readonly #stream: number;
  #index = 0;

  constructor(seed: number, by: string, question: number) {
    this.#seed = seed;
    // Annotators have streams of their own, questions parts of them.
    let name = 0;
    for (const letter of by) name = (Math.imul(name, 31) + letter.codePointAt(0)!) >>> 0;
    this.#stream = streamFor("question", name);
    this.#index = question * 2 ** 20;
  }

  below(bound: number): number {
    return randomBelow(this.#seed, this.#stream, this.#index++, bound);
  }

  unit(): number {
    return randomUnit(this.#seed, this.#stream, this.#index++);
  }
}

/** Every so many questions, one that the annotator answered some time ago, and once only. */
function repeated(
  answers: readonly Answer[],
  by: string,
  every: number,
  draw: Draw,
): NextQuestion | null {
  const own = answers.filter((answer) => answer.by === by);
  if (own.length === 0 || (own.length + 1) % every !== 0) return null;
  const times = new Map<string, number>();
  for (const answer of own) {
    times.set(questionKey(answer), (times.get(questionKey(answer)) ?? 0) + 1);
  }
  const once = own.slice(0, Math.max(0, own.length - repeatAfter))
    .filter((answer) => answer.chosen !== null && times.get(questionKey(answer)) === 1);
  if (once.length === 0) return null;
  const { anchor, left, right } = once[draw.below(once.length)];
  return { anchor, left: right, right: left, isRepeated: true };
}

/** How often images were asked about. */
function usesOf(asked: readonly Question[]): Map<number, number> {
  const uses = new Map<number, number>();
  for (const { anchor, left, right } of asked) {
    for (const image of [anchor, left, right]) uses.set(image, (uses.get(image) ?? 0) + 1);
  }
  return uses;
}

/** Rows that can be asked about: those without NaN. */
class UsableRows {
  readonly #rows: Uint32Array;
  readonly #draw: Draw;

  constructor({ names, vectors, dimension }: Embeddings, draw: Draw) {
    const rows = new Uint32Array(names.length);
    let count = 0;
    for (let row = 0; row < names.length; row++) {
      if (!Number.isNaN(vectors[row * dimension])) rows[count++] = row;
    }
    if (count < 3) {
      throw new UsageError(
        `Cannot ask a question about ${count} images: three are needed; embed more`,
      );
    }
    this.#rows = rows.subarray(0, count);
    this.#draw = draw;
  }

  #any(): number {
    return this.#rows[this.#draw.below(this.#rows.length)];
  }

  /** The one of some random rows that was asked about least. */
  leastUsed(used: ReadonlyMap<number, number>): number {
    let best = this.#any();
    for (let i = 0; i < 3; i++) {
      const other = this.#any();
      if ((used.get(other) ?? 0) < (used.get(best) ?? 0)) best = other;
    }
    return best;
  }

  /** Different rows but one: all, or so many at random. */
  others(anchor: number, most: number): number[] {
    if (this.#rows.length <= 2 * most) {
      return Array.from(this.#rows).filter((row) => row !== anchor);
    }
    const found = new Set<number>();
    while (found.size < most) {
      const row = this.#any();
      if (row !== anchor) found.add(row);
    }
    return [...found];
  }
}

/** [guess][place in the pool]: weighted squared distances from the anchor. */
function poolDistances(
  { vectors, dimension }: Embeddings,
  committee: Committee,
  anchor: number,
  pool: readonly number[],
): Float64Array[] {
  const sums = committee.map(() => new Float64Array(pool.length));
  const squares = new Float64Array(dimension);
  const from = anchor * dimension;
  pool.forEach((row, place) => {
    const to = row * dimension;
    for (let d = 0; d < dimension; d++) {
      const difference = vectors[from + d] - vectors[to + d];
      squares[d] = difference * difference;
    }
    committee.forEach(({ weights }, guess) => {
      let sum = 0;
      for (let d = 0; d < dimension; d++) sum += weights[d] * squares[d];
      sums[guess][place] = sum;
    });
  });
  return sums;
}

/** Places in a pool: those nearest by each guess, and some at random. */
function candidates(sums: readonly Float64Array[], count: number, draw: Draw): number[] {
  const chosen = new Set<number>();
  for (const distances of sums) {
    const nearest: number[] = [];
    for (let place = 0; place < count; place++) {
      const at = nearest.findIndex((other) => distances[place] < distances[other]);
      if (at >= 0) nearest.splice(at, 0, place);
      else if (nearest.length < nearestOfGuess) nearest.push(place);
      if (nearest.length > nearestOfGuess) nearest.pop();
    }
    for (const place of nearest) chosen.add(place);
  }
  for (let i = 0; i < randomOfPool; i++) chosen.add(draw.below(count));
  return [...chosen];
}

/** Of the images of a pool, this share is near by a guess. */
const nearShare = 0.2;

/**
 * [place]: how like the anchor the images are, 0 to 1, by a guess. Of two that are both far an
 * annotator cannot say which is more alike, however much their distances differ.
 */
function likenessesOf(distances: Float64Array): Float64Array {
  const near = distances.toSorted()[Math.floor(nearShare * distances.length)] || Number.MIN_VALUE;
  return distances.map((distance) => Math.exp(-distance / near));
}

/** How much an answer says of which guess is right, in nats. */
function informationOf(
  committee: Committee,
  likenesses: readonly Float64Array[],
  a: number,
  b: number,
): number {
  let [mean, entropies] = [0, 0];
  for (let guess = 0; guess < committee.length; guess++) {
    const { likelihood } = committee[guess];
    const logit = surest * (likenesses[guess][a] - likenesses[guess][b]);
    // Chance and entropy by one exponential: this is most of what a question costs.
    const size = Math.abs(logit);
    const small = Math.exp(-size);
    const chance = small / (1 + small);
    mean += likelihood * (logit < 0 ? chance : 1 - chance);
    entropies += likelihood * (Math.log1p(small) + size * chance);
  }
  return entropyOf(mean) - entropies;
}

function entropyOf(chance: number): number {
  if (chance <= 0 || chance >= 1) return 0;
  return -chance * Math.log(chance) - (1 - chance) * Math.log1p(-chance);
}
