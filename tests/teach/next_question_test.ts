import assert from "node:assert/strict";
import type { Embeddings } from "../../src/search/embeddings.ts";
import { meanOf } from "../../src/statistics/mean.ts";
import { tripletError } from "../../src/statistics/triplet_error.ts";
import { type Answer, answerTriplets, questionKey } from "../../src/teach/answer.ts";
import { fitNotion } from "../../src/teach/fit_notion.ts";
import { nextQuestion, type NextQuestionOptions } from "../../src/teach/next_question.ts";
import { plantNotion } from "../helpers/planted_notion.ts";
import { randomEmbeddings } from "../helpers/random_embeddings.ts";

const embeddings = randomEmbeddings(300, 8);
const masks = new Map([
  ["heel", Float32Array.of(1, 1, 0, 0, 0, 0, 0, 0)],
  ["colour", Float32Array.of(0, 0, 0, 0, 0, 0, 1, 1)],
]);

/** Answers `count` questions by what is nearer in dimension 3. */
function answered(
  count: number,
  options: NextQuestionOptions = {},
  among: Embeddings = embeddings,
): (Answer & { isRepeated: boolean })[] {
  const answers: (Answer & { isRepeated: boolean })[] = [];
  const value = (row: number) => among.vectors[8 * row + 3];
  while (answers.length < count) {
    const question = nextQuestion(among, answers, { masks, ...options });
    const [left, right] = [question.left, question.right]
      .map((row) => Math.abs(value(row) - value(question.anchor)));
    const chosen = left < right ? "left" : "right";
    answers.push({ ...question, chosen, by: options.by ?? "", at: "" });
  }
  return answers;
}

Deno.test("nextQuestion() gives the same for the same answers and seed, and other annotators others", () => {
  const answers = answered(30);
  assert.deepEqual(answered(30), answers);
  const next = nextQuestion(embeddings, answers, { masks });
  assert.deepEqual(nextQuestion(embeddings, answers, { masks }), next);
  assert.notDeepEqual(nextQuestion(embeddings, answers, { masks, seed: 2 }), next);
  assert.notDeepEqual(nextQuestion(embeddings, answers, { masks, by: "Bo" }), next);
});

Deno.test("nextQuestion() asks about three images, nothing twice, and spreads over images", () => {
  const answers = answered(120, { repeatEvery: 0 });
  assert.equal(new Set(answers.map(questionKey)).size, 120);
  const uses = new Map<number, number>();
  for (const { anchor, left, right } of answers) {
    assert.equal(new Set([anchor, left, right]).size, 3);
    for (const row of [anchor, left, right]) uses.set(row, (uses.get(row) ?? 0) + 1);
  }
  assert.ok(uses.size > 150, `${uses.size}`);
  assert.ok(Math.max(...uses.values()) <= 8, `${Math.max(...uses.values())}`);
  // What is chosen stands as often left as right, more or less.
  const left = answers.filter(({ chosen }) => chosen === "left").length;
  assert.ok(left > 35 && left < 85, `${left}`);
});

Deno.test("nextQuestion() repeats every tenth question, once, some time later, with its sides exchanged", () => {
  const answers = answered(60, { by: "Ann" });
  const repeated = answers.flatMap(({ isRepeated }, at) => isRepeated ? [at] : []);
  assert.deepEqual(repeated, [9, 19, 29, 39, 49, 59]);
  for (const at of repeated) {
    const { anchor, left, right } = answers[at];
    const before = answers.findIndex((other) =>
      other.anchor === anchor && other.left === right && other.right === left
    );
    assert.ok(before >= 0 && before <= at - 5, `${before} ${at}`);
  }
  assert.equal(new Set(answers.map(questionKey)).size, 54);
  assert.ok(answered(30, { repeatEvery: 0 }).every(({ isRepeated }) => !isRepeated));
});

Deno.test("nextQuestion() asks no question that is pending, and none about images that could not be embedded", () => {
  const vectors = embeddings.vectors.slice();
  for (let row = 0; row < 300; row += 2) vectors[8 * row] = NaN;
  const half = { ...embeddings, vectors };
  for (const { anchor, left, right } of answered(20, {}, half)) {
    assert.ok([anchor, left, right].every((row) => row % 2 === 1));
  }
  const few = { ...embeddings, names: embeddings.names.slice(0, 3), vectors: vectors.slice(0, 24) };
  assert.throws(() => nextQuestion(few, []), /^UsageError: Cannot ask a question about 1 images/);
  const three = { ...few, vectors: embeddings.vectors.slice(0, 24) };
  const pending = [nextQuestion(three, [])];
  pending.push(nextQuestion(three, [], { pending }));
  pending.push(nextQuestion(three, [], { pending }));
  assert.equal(new Set(pending.map(questionKey)).size, 3);
  assert.throws(
    () => nextQuestion(three, [], { pending }),
    /^UsageError: Cannot ask another question about 3 images: all were asked/,
  );
});

Deno.test("nextQuestion() teaches more than questions at random, by as many answers", () => {
  const judges = plantNotion([3], { images: 300, answers: 1000, seed: 1 });
  assert.deepEqual(judges.embeddings.vectors, embeddings.vectors);
  const accuracy = (triplets: Uint32Array) =>
    1 - tripletError(embeddings.vectors, fitNotion(embeddings, triplets).mask, judges.triplets);
  const seeds = [1, 2, 3, 4];
  const chosen = seeds.map((seed) => accuracy(answerTriplets(answered(24, { seed }))));
  const random = seeds.map((seed) => accuracy(judges.triplets.subarray(72 * seed, 72 * seed + 72)));
  assert.ok(meanOf(chosen) > meanOf(random) + 0.02, `${chosen} and ${random}`);
});
