/**
 * Random numbers by counter: number `index` of stream `stream` under `seed` is a pure function of
 * the three, so training can be interrupted and continued anywhere without a generator's state. It
 * is Philox4x32-10 (Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011): the
 * counter is (index, stream), the key the seed, each of 53 bits in two words.
 */

/** The ten rounds' multipliers and key increments (Salmon et al., section 3.3). */
const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const increment0 = 0x9e3779b9;
const increment1 = 0xbb67ae85;
const rounds = 10;

const word = 2 ** 32;

/**
 * The four words that `philox` computed last; one array, because this is called millions of times.
 */
const block = new Uint32Array(4);

/**
 * The upper word of the product of two words, as a signed one, by products of half words: whole
 * numbers of 32 bits throughout, which V8 computes without going over to floating point.
 */
function upper(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const highLow = Math.imul(aHigh, bLow);
  const lowHigh = Math.imul(aLow, bHigh);
  const middle = (Math.imul(aLow, bLow) >>> 16) + (highLow & 0xffff) + (lowHigh & 0xffff);
  return (Math.imul(aHigh, bHigh) + (highLow >>> 16) + (lowHigh >>> 16) + (middle >>> 16)) | 0;
}

/** Fills `block` from a counter of four words and a key of two. */
function philox(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  for (let round = 0; round < rounds; round++) {
    const upper0 = upper(c0, multiplier0);
    const upper1 = upper(c2, multiplier1);
    const lower0 = Math.imul(c0, multiplier0);
    const lower1 = Math.imul(c2, multiplier1);
    c0 = upper1 ^ c1 ^ k0;
    c1 = lower1;
    c2 = upper0 ^ c3 ^ k1;
    c3 = lower0;
    k0 = (k0 + increment0) | 0;
    k1 = (k1 + increment1) | 0;
  }
  block[0] = c0;
  block[1] = c1;
  block[2] = c2;
  block[3] = c3;
}

/** Fills `block` for three whole numbers below 2^53. */
function draw(seed: number, stream: number, index: number): void {
  philox(
    index >>> 0,
    Math.floor(index / word),
    stream >>> 0,
    Math.floor(stream / word),
    seed >>> 0,
    Math.floor(seed / word),
  );
}

/**
 * The four words of the Philox4x32-10 block at `counter` under `key`, for comparison with other
 * programs.
 */
export function philoxBlock(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): Uint32Array {
  philox(...counter, ...key);
  return block.slice();
}

/** A whole number in [0, 2^32). All arguments are whole numbers in [0, 2^53). */
export function randomUint32(seed: number, stream: number, index: number): number {
  draw(seed, stream, index);
  return block[0];
}

/** A number in [0, 1) with 53 random bits. */
export function randomUnit(seed: number, stream: number, index: number): number {
  draw(seed, stream, index);
  return unit(block[0], block[1]);
}

/** A number of the standard normal distribution (Box and Muller). */
export function randomNormal(seed: number, stream: number, index: number): number {
  draw(seed, stream, index);
  // 1 - unit lies in (0, 1], where the logarithm is finite.
  const radius = Math.sqrt(-2 * Math.log(1 - unit(block[0], block[1])));
  return radius * Math.cos(2 * Math.PI * unit(block[2], block[3]));
}

/** A whole number in [0, bound), each as likely as the others; `bound` is from 1 to 2^32. */
export function randomBelow(seed: number, stream: number, index: number, bound: number): number {
  // Numbers beyond the last multiple of bound are drawn again: the rest of the division alone would
  // favour small results.
  const limit = word - word % bound;
  const [streamLow, streamHigh] = [stream >>> 0, Math.floor(stream / word)];
  const [seedLow, seedHigh] = [seed >>> 0, Math.floor(seed / word)];
  // An index has 53 bits; the upper 11 of its second word count the attempts.
  for (let attempt = 0;; attempt++) {
    const high = (Math.floor(index / word) + attempt * 2 ** 21) >>> 0;
    philox(index >>> 0, high, streamLow, streamHigh, seedLow, seedHigh);
    for (let i = 0; i < 4; i++) if (block[i] < limit) return block[i] % bound;
  }
}

/**
 * The numbers 0 to n - 1 in random order (Fisher and Yates); every order is as likely as the
 * others.
 */
export function shuffled(n: number, seed: number, stream: number): Uint32Array<ArrayBuffer> {
  const order = new Uint32Array(n);
  for (let i = 1; i < n; i++) {
    const j = randomBelow(seed, stream, i, i + 1);
    order[i] = order[j];
    order[j] = i;
  }
  return order;
}

/** What random numbers are used for. Streams below 2^32 (use 0) are left to initial weights. */
const uses: Readonly<Record<RandomUse, number>> = {
  subset: 1,
  order: 2,
  flip: 3,
  split: 4,
  triplet: 5,
  dense: 6,
  bootstrap: 7,
  presentation: 8,
  layout: 9,
  sample: 10,
  queries: 11,
  pairs: 12,
  probe: 13,
  balance: 14,
  calibration: 15,
  halves: 16,
  teach: 17,
  question: 18,
  family: 20,
};

/** A use of random numbers that has streams of its own. */
export type RandomUse =
  | "subset"
  | "order"
  | "flip"
  | "split"
  | "triplet"
  | "dense"
  | "bootstrap"
  | "presentation"
  | "layout"
  | "sample"
  | "queries"
  | "pairs"
  | "probe"
  | "balance"
  | "calibration"
  | "halves"
  | "teach"
  | "question"
  | "family";

/**
 * The stream for a use, and for part `part` of it (an epoch, a notion's row): a whole number below
 * 2^32. Different uses or parts never share a stream.
 */
export function streamFor(use: RandomUse, part = 0): number {
  return uses[use] * word + part;
}

function unit(high: number, low: number): number {
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}
