import { isObject, isText } from "../base/json_values.ts";
import type { Estimate } from "../statistics/estimate.ts";

/** Where a notion comes from that was taught on a model's embedding, after its training. */
export interface TaughtNotion {
  /** Its name; it is one of the model's notions. */
  readonly notion: string;
  /** Whether people answered questions, or triplets were drawn from values of a table. */
  readonly from: "triplets" | "values";
  /** Answers, or triplets, that its mask was fitted to. */
  readonly answers: number;
  /** Different images in them. */
  readonly images: number;
  /** Questions that were answered both ways. */
  readonly contradictions: number;
  /** The share of answers it gives that it was not fitted to, with a 95 % interval. */
  readonly accuracy: Estimate;
  /** The notion that gave most of the answers already, its share, and by how much this is better. */
  readonly best: {
    readonly notion: string;
    readonly accuracy: Estimate;
    readonly gain: Estimate;
  } | null;
  /** What follows from it, in a word or two: see `Verdict` of `csn/teach`. */
  readonly verdict: string;
  /** Strength of the L1 penalty. */
  readonly penalty: number;
  /** What decided which answers were left out together. */
  readonly seed: number;
}

/** Whether a value from a file is the list of a model's taught notions. */
export function areTaughtNotions(value: unknown, notions: readonly string[]): boolean {
  return Array.isArray(value) &&
    value.every((each) =>
      isObject(each) && isText(each.notion) && notions.includes(each.notion as string) &&
      (each.from === "triplets" || each.from === "values") && Number.isFinite(each.answers) &&
      isText(each.verdict) && isEstimate(each.accuracy) &&
      (each.best === null ||
        isObject(each.best) && isText(each.best.notion) && isEstimate(each.best.accuracy))
    );
}

function isEstimate(value: unknown): boolean {
  return isObject(value) && ["value", "low", "high"].every((end) => Number.isFinite(value[end]));
}

/** What is known of a taught notion, in a sentence. */
export function taughtText(
  { notion, from, answers, accuracy, best, verdict }: TaughtNotion,
): string {
  const what = from === "triplets" ? "answers" : "triplets of values";
  const others = best === null ? "" : `, ${best.notion} of ${shareText(best.accuracy)}`;
  return `${notion} was taught by ${answers} ${what}: right of ${
    shareText(accuracy)
  } of what was left out${others}; ${verdict}`;
}

/** A share with its interval: "81.2 % (70.1 to 89.3)". */
export function shareText({ value, low, high }: Estimate): string {
  const [share, from, to] = [value, low, high].map((each) => (100 * each).toFixed(1));
  return `${share} % (${from} to ${to})`;
}
