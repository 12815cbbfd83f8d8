/** What a model says of triplets that are shown to it. */
export const right = 0;
/** The far image is nearer. */
export const wrong = 1;
/** Both images are equally far; this counts as wrong. */
export const tie = 2;

/**
 * The outcome [n] of each triplet from the distances of its first and second image to the anchor.
 * The near image is the second one, or where it was flipped the first.
 */
export function outcomesOf(
  first: Float32Array,
  second: Float32Array,
  isFlipped: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(isFlipped, (flipped, t) => {
    if (first[t] === second[t]) return tie;
    // A distance that is no number is on no side: such a triplet is wrong.
    const isRight = flipped ? first[t] < second[t] : second[t] < first[t];
    return isRight ? right : wrong;
  });
}

/** Of each triplet 1 where a run orders it wrongly, else 0; a tie is wrong. */
export function wrongOnes(outcomes: Uint8Array): Float64Array {
  return Float64Array.from(outcomes, (outcome) => outcome === right ? 0 : 1);
}
