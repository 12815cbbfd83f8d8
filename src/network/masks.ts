import type { Variant } from "./variant.ts";

/**
 * How the masks of the notions come to be. "none": all ones, so every notion compares by the whole embedding.
 * "specialists": each notion has a backbone of its own; the embedding is theirs one after the other, and a
 * notion's mask has ones for its own.
 */
export type MaskMode = "none" | "specialists" | "fixed" | "learned" | "learned-prein";

const modes: Readonly<Record<Variant, MaskMode>> = {
  standard: "none",
  specialists: "specialists",
  fixed: "fixed",
  learned: "learned",
  prein: "learned-prein",
};

/** The masks of one of the paper's variants. */
export function maskModeOf(variant: Variant): MaskMode {
  return modes[variant];
}

/** The variant that has these masks. */
export function variantOf(mode: MaskMode): Variant {
  return (Object.keys(modes) as Variant[]).find((variant) => modes[variant] === mode)!;
}

/** Whether a value is one of them. */
export function isMaskMode(value: unknown): value is MaskMode {
  return (Object.values(modes) as unknown[]).includes(value);
}

/** Whether training changes the masks. */
export function areLearned(mode: MaskMode): boolean {
  return mode === "learned" || mode === "learned-prein";
}

/**
 * Disjoint masks, [notions x dimension] in C order: each notion has ones in a block of its own. What is
 * left when the dimension is no multiple goes one each to the first notions, so none stays unused (the
 * reference code's csn.py leaves them out).
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

/** With `--prein` a learned mask starts at 1 in the notion's block and at this elsewhere (csn.py). */
export const preinElsewhere = 0.1;
