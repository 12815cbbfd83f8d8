/** Teaching a notion among 50,000 images: how soon the next question is there, and a fit. */
import { quantile } from "../../src/statistics/estimate.ts";
import type { Embeddings } from "../../src/search/embeddings.ts";
import type { Masks } from "../../src/search/mixture.ts";
import { type Answer, answerTriplets, type Question } from "../../src/teach/answer.ts";
import { fitPartsApart } from "../../src/teach/fit_apart.ts";
import { partedAnswers } from "../../src/teach/fit_notion.ts";
import { drawnAnswers } from "../../src/teach/fit_values.ts";
import { nextImage } from "../../src/teach/next_image.ts";
import { nextQuestion } from "../../src/teach/next_question.ts";
import { valuesAttribute } from "../../src/teach/values_attribute.ts";
import { type Figure, figureOf } from "./figure.ts";
import { dimension, randomRows } from "./search_data.ts";
import type { BenchOptions } from "./setting.ts";

/** What is aimed at, in milliseconds: a key's answer, and "within a second". */
const aims = { asked: 50, fitted: 1000 } as const;

/** Questions, and pictures that are given a value, at the length 1. */
const [mostQuestions, mostValues] = [240, 240];

/** Counts after which a notion is fitted, several times. */
const fittedAfter = [60, 240];

const masks: Masks = new Map(
  Array.from({ length: 4 }, (_, notion) => [
    `notion ${notion}`,
    Float32Array.from({ length: dimension }, (_, d) => d % 4 === notion ? 1 : 0),
  ]),
);

/** By these dimensions somebody compares. */
const planted = [1, 6, 11];

/** Measures as if a person answered by some dimensions of random embeddings. */
export async function measureTeaching(
  { length, repeats, notice }: Pick<BenchOptions, "length" | "repeats" | "notice">,
  images = 50_000,
): Promise<Figure[]> {
  const embeddings: Embeddings = {
    names: Array.from({ length: images }, (_, row) => `${row}.jpg`),
    vectors: randomRows(images, 1),
    dimension,
  };
  const among = `of ${images.toLocaleString("en")}`;
  notice("teaching: by answers to questions");
  const answers: Answer[] = [];
  const questionTimes = timesOf(countOf(mostQuestions, length), () => {
    const { anchor, left, right } = nextQuestion(embeddings, answers, { masks, by: "bench" });
    return { anchor, left, right };
  }, (question) => answers.push(answered(embeddings, question)));
  notice("teaching: by values of images");
  const given: { image: number; value: string }[] = [];
  const imageTimes = timesOf(
    countOf(mostValues, length),
    () => nextImage(embeddings, { taken: new Set(given.map(({ image }) => image)), by: "bench" })!,
    (image) => given.push({ image, value: valueOf(embeddings, image) }),
  );
  const found = [
    ...asked(`the next question ${among}`, questionTimes),
    ...asked(`the next picture ${among}`, imageTimes),
  ];
  for (const count of fittedAfter) {
    const some = answers.filter(({ chosen }) => chosen !== null).slice(0, count);
    const attribute = valuesAttribute(given.slice(0, count), images);
    const [byAnswers, byValues]: [number[], number[]] = [[], []];
    for (let repeat = 0; repeat < repeats; repeat++) {
      byAnswers.push(
        await timeOf(() =>
          fitPartsApart(
            embeddings,
            partedAnswers(embeddings, answerTriplets(some), {}),
            { masks },
          )
        ),
      );
      byValues.push(
        await timeOf(() =>
          fitPartsApart(embeddings, drawnAnswers(embeddings, attribute, {}), { masks })
        ),
      );
    }
    found.push(fitted(`a fit to ${some.length} answers`, byAnswers));
    found.push(fitted(`a fit to values of ${Math.min(count, given.length)} images`, byValues));
  }
  return found;
}

/** Fits need 20 answers, and some more of which nothing can be said. */
function countOf(most: number, length: number): number {
  return Math.max(60, Math.round(most * length));
}

function asked(work: string, times: readonly number[]): Figure[] {
  const sorted = times.toSorted((a, b) => a - b);
  const what = { unit: "ms", aim: aims.asked } as const;
  return [
    figureOf({ work, ...what }, times),
    figureOf({ work: `${work}, 99 of 100 within`, ...what }, [quantile(sorted, 0.99)]),
  ];
}

function fitted(work: string, times: readonly number[]): Figure {
  return figureOf({ work, unit: "ms", aim: aims.fitted }, times);
}

/** Milliseconds of each question, which is then answered. */
function timesOf<Asked>(
  count: number,
  ask: () => Asked,
  answer: (asked: Asked) => void,
): number[] {
  return Array.from({ length: count }, () => {
    const began = performance.now();
    const asked = ask();
    const time = performance.now() - began;
    answer(asked);
    return time;
  });
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** What a person says who compares by the planted dimensions, and cannot say where it is close. */
function answered({ vectors }: Embeddings, question: Question): Answer {
  const { anchor, left, right } = question;
  const [one, other] = [left, right].map((row) =>
    planted.reduce((sum, d) => {
      const apart = vectors[anchor * dimension + d] - vectors[row * dimension + d];
      return sum + apart * apart;
    }, 0)
  );
  const isClose = Math.max(one, other) < 1.1 * Math.min(one, other);
  const chosen = isClose ? null : one < other ? "left" : "right";
  return { ...question, chosen, by: "bench", at: "2026-11-28T12:00:00.000Z" };
}

function valueOf({ vectors }: Embeddings, row: number): string {
  const sum = planted.reduce((sum, d) => sum + vectors[row * dimension + d], 0);
  return sum < -0.5 ? "low" : sum < 0.5 ? "middle" : "high";
}
