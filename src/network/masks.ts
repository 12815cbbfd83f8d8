/**
 * Disjoint masks, [notions x dimension] in C order: each notion has ones in a block of its own.
 * What is left when the dimension is no multiple goes one each to the first notions, so none stays
 * unused (the reference code's csn.py leaves them out).
 */
export function disjointMasks(
  notions: number,
  dimension: number,
  elsewhere: number,
): Float32Array<ArrayBuffer> {
  const masks = new Float32Array(notions * dimension).fill(elsewhere);
  let from = 0;
  for (let row = 0; row < notions; row++) {
    const length = Math.floor(dimension / notions) + (row < dimension % notions ? 1 : 0);
    masks.fill(1, row * dimension + from, row * dimension + from + length);
    from += length;
  }
  return masks;
}

/** Elements of a learned mask start from N(0.9, 0.7) (reference code, csn.py). */
export const learnedMaskStart = { mean: 0.9, deviation: 0.7 } as const;

/** Of "prein": a learned mask starts at 1 in the notion's block and at this elsewhere (csn.py). */
export const preinElsewhere = 0.1;
