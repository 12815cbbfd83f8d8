import { dealt } from "./dealt.ts";

/** Answers in parts, of which each is judged by what the others teach. */
export interface AnswerParts {
  /** How many. */
  readonly parts: number;
  /** [n]: the part of each answer. What begins with one image is in one part. */
  readonly part: Uint8Array;
  /**
   * [n]: bit i is set for the answers of part i, and for those that hold an image which answers of
   * part i begin with.
   */
  readonly apart: Uint16Array;
}

/** With few answers, more of them are left to learn from. */
const [fewParts, manyParts, manyAnswers] = [5, 10, 200];

/** How many parts answers that begin with so many images are dealt to. */
export function partCount(answers: number, anchors: number): number {
  return Math.min(anchors, answers < manyAnswers ? manyParts : fewParts);
}

/**
 * Deals answers, `triplets` [3 n] (anchor, far, near), to parts of about the same size, by a seed.
 * An anchor, or its group, is in one part alone.
 */
export function answerParts(triplets: ArrayLike<number>, seed: number): AnswerParts {
  const count = triplets.length / 3;
  const answersOf = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    answersOf.set(triplets[3 * i], (answersOf.get(triplets[3 * i]) ?? 0) + 1);
  }
  const parts = partCount(count, answersOf.size);
  const partOf = dealt(answersOf, parts, seed);
  const bitOf = (image: number) => partOf.has(image) ? 1 << partOf.get(image)! : 0;
  return {
    parts,
    part: Uint8Array.from({ length: count }, (_, i) => partOf.get(triplets[3 * i])!),
    apart: Uint16Array.from(
      { length: count },
      (_, i) => bitOf(triplets[3 * i]) | bitOf(triplets[3 * i + 1]) | bitOf(triplets[3 * i + 2]),
    ),
  };
}
