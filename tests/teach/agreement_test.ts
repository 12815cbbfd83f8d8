import assert from "node:assert/strict";
import { summariseAnswers } from "../../src/teach/agreement.ts";
import type { Answer } from "../../src/teach/answer.ts";

const answer = (
  [anchor, left, right]: readonly number[],
  chosen: Answer["chosen"],
  by = "Ann",
): Answer => ({ anchor, left, right, chosen, by, at: "" });

Deno.test("summariseAnswers() counts questions whatever stands left, and those answered both ways", () => {
  const { answers, cannotSay, questions, contradictions, self, others } = summariseAnswers([
    answer([0, 1, 2], "left"),
    answer([0, 2, 1], "right"), // the same again: image 1
    answer([3, 4, 5], "left"),
    answer([3, 5, 4], "left"), // the other way
    answer([6, 7, 8], null),
    answer([6, 7, 8], "left"),
    answer([0, 1, 2], "right", "Bo"), // against Ann
    answer([9, 7, 8], "right", "Bo"),
  ]);
  assert.deepEqual([answers, cannotSay, questions, contradictions], [8, 1, 4, 2]);
  assert.deepEqual([self.questions, self.share!.value], [2, 0.5]);
  assert.deepEqual([others.questions, others.share!.value], [1, 0]);
});

Deno.test("summariseAnswers() measures each annotator's agreement with him- or herself, with an interval", () => {
  const questions = Array.from({ length: 30 }, (_, i) => [3 * i, 3 * i + 1, 3 * i + 2]);
  const given = questions.flatMap((question, i) => [
    answer(question, "left"),
    answer(question, i < 27 ? "left" : "right"),
    answer(question, "left", "Bo"),
  ]);
  const { annotators } = summariseAnswers(given);
  assert.deepEqual(annotators.map(({ by, answers }) => [by, answers]), [["Ann", 60], ["Bo", 30]]);
  const [{ agreement: ann }, { agreement: bo }] = annotators;
  assert.equal(ann.questions, 30);
  const { value, low, high } = ann.share!;
  assert.ok(Math.abs(value - 0.9) < 1e-12 && low > 0.7 && low < 0.8 && high > 0.95 && high < 1);
  assert.deepEqual(bo, { questions: 0, share: null });
});

Deno.test("summariseAnswers() says nothing of no answers", () => {
  const nothing = { questions: 0, share: null };
  assert.deepEqual(summariseAnswers([]), {
    ...{ answers: 0, cannotSay: 0, questions: 0, contradictions: 0 },
    ...{ self: nothing, others: nothing, annotators: [] },
  });
});
