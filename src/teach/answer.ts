/** A question: is `left` or `right` more like `anchor`? By rows of embeddings, or numbers of images. */
export interface Question {
  /** What is compared with. */
  readonly anchor: number;
  /** What stands on the left. */
  readonly left: number;
  /** What stands on the right. */
  readonly right: number;
}

/** A question that was answered. */
export interface Answer extends Question {
  /** Which is more alike; null where the annotator cannot say. */
  readonly chosen: "left" | "right" | null;
  /** Who answered. */
  readonly by: string;
  /** When, as an ISO text in UTC. */
  readonly at: string;
}

/** [3 n]: anchor, far, near of the answers that say which is more alike. */
export function answerTriplets(answers: readonly Answer[]): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(
    answers.flatMap(({ anchor, left, right, chosen }) =>
      chosen === null ? [] : chosen === "left" ? [anchor, right, left] : [anchor, left, right]
    ),
  );
}

/** The same for a question whatever stands left. */
export function questionKey({ anchor, left, right }: Question): string {
  return left < right ? `${anchor} ${left} ${right}` : `${anchor} ${right} ${left}`;
}

/** The image that was chosen; null where the annotator cannot say. */
export function chosenImage({ left, right, chosen }: Answer): number | null {
  return chosen === null ? null : chosen === "left" ? left : right;
}
