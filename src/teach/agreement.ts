import type { Estimate } from "../statistics/estimate.ts";
import { estimateMean } from "../statistics/estimate_mean.ts";
import { ImageVariance } from "../statistics/image_variance.ts";
import { SharedImages } from "../statistics/shared_images.ts";
import { type Answer, chosenImage, questionKey } from "./answer.ts";

/** How often answers to the same question are the same. */
export interface Agreement {
  /** Questions with two such answers or more. */
  readonly questions: number;
  /** The share of pairs of answers that agree, a mean over the questions; null without any. */
  readonly share: Estimate | null;
}

/** What one annotator answered. */
export interface AnnotatorSummary {
  /** Who. */
  readonly by: string;
  /** Answers, also where the annotator could not say. */
  readonly answers: number;
  /** Where the annotator could not say. */
  readonly cannotSay: number;
  /** With him- or herself, on questions that were asked again. */
  readonly agreement: Agreement;
}

/** How far answers can be relied on. */
export interface AnswersSummary {
  /** All. */
  readonly answers: number;
  /** Where the annotator could not say. */
  readonly cannotSay: number;
  /** Different questions. */
  readonly questions: number;
  /** Questions that were answered both ways, by one annotator or by several. */
  readonly contradictions: number;
  /** Of annotators with themselves. */
  readonly self: Agreement;
  /** Of annotators with each other. */
  readonly others: Agreement;
  /** Each annotator, those with most answers first. */
  readonly annotators: readonly AnnotatorSummary[];
}

/**
 * Counts answers and contradictions, and measures how often annotators agree with themselves and
 * with each other, with 95 % intervals over other questions. Where one cannot say, there is nothing
 * to agree with.
 */
export function summariseAnswers(answers: readonly Answer[]): AnswersSummary {
  const questions = Map.groupBy(answers, questionKey);
  const annotators = Map.groupBy(answers, ({ by }) => by);
  const isSame = (a: Answer, b: Answer) => a.by === b.by;
  return {
    answers: answers.length,
    cannotSay: answers.filter(({ chosen }) => chosen === null).length,
    questions: questions.size,
    contradictions:
      [...questions.values()].filter((given) =>
        new Set(given.map(chosenImage).filter((image) => image !== null)).size > 1
      ).length,
    self: agreementOf(questions, isSame),
    others: agreementOf(questions, (a, b) => !isSame(a, b)),
    annotators: [...annotators].map(([by, own]) => ({
      by,
      answers: own.length,
      cannotSay: own.filter(({ chosen }) => chosen === null).length,
      agreement: agreementOf(Map.groupBy(own, questionKey), isSame),
    })).sort((a, b) => b.answers - a.answers || (a.by < b.by ? -1 : 1)),
  };
}

/** Of the pairs of answers to each question that are compared. */
function agreementOf(
  questions: ReadonlyMap<string, readonly Answer[]>,
  isCompared: (a: Answer, b: Answer) => boolean,
): Agreement {
  const shares: number[] = [];
  const images: number[] = [];
  for (const given of questions.values()) {
    const said = given.filter(({ chosen }) => chosen !== null);
    const pairs = said.flatMap((a, i) => said.slice(i + 1).map((b) => [a, b] as const))
      .filter(([a, b]) => isCompared(a, b));
    if (pairs.length === 0) continue;
    const agreeing = pairs.filter(([a, b]) => chosenImage(a) === chosenImage(b)).length;
    shares.push(agreeing / pairs.length);
    const [{ anchor, left, right }] = said;
    images.push(anchor, left, right);
  }
  if (shares.length === 0) return { questions: 0, share: null };
  const { value, low, high } = estimateMean({
    runs: [shares],
    images: new ImageVariance(new SharedImages(images)),
    isShare: true,
  });
  return { questions: shares.length, share: { value, low, high } };
}
