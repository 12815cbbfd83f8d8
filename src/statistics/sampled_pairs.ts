import { randomBelow } from "../base/random.ts";

/**
 * [2 n]: pairs of different numbers below `count`, all that there are, or `most` drawn by `seed`
 * and `stream` where there are more.
 */
export function sampledPairs(
  count: number,
  most: number,
  { seed, stream }: { readonly seed: number; readonly stream: number },
): Uint32Array {
  const all = count * (count - 1) / 2;
  const pairs = new Uint32Array(2 * Math.min(all, most));
  if (all <= most) {
    let at = 0;
    for (let a = 0; a < count; a++) for (let b = 0; b < a; b++) pairs.set([a, b], 2 * at++);
    return pairs;
  }
  for (let at = 0; at < pairs.length; at += 2) {
    const a = randomBelow(seed, stream, at, count);
    const b = randomBelow(seed, stream, at + 1, count - 1);
    pairs.set([a, b < a ? b : b + 1], at);
  }
  return pairs;
}
