import type { AgreementInfo, AnswersInfo } from "../../protocol.ts";
import { percent } from "./accuracies.tsx";
import { fewestSaid } from "./label_data.ts";

/** Answers that are a good beginning. */
export const goal = 60;

/** How far the answers are, and how far they agree. */
export function QuestionProgress({ answers }: { readonly answers: AnswersInfo }) {
  const { answers: all, cannotSay, self, others, annotators, contradictions, file } = answers;
  const count = all - cannotSay;
  return (
    <>
      <p>
        <progress value={Math.min(count, goal)} max={goal} aria-label="Answers" />{" "}
        <strong>{count} {count === 1 ? "answer" : "answers"}</strong>
        {cannotSay > 0 && `, and ${cannotSay === 1 ? "once" : `${cannotSay} times`} “cannot say”`}
        {goalText(count)}
      </p>
      <p class="quiet">
        {self.share === null
          ? "Some questions are asked twice, to see how sure you are."
          : agreement("You agree with yourself on", self)}
        {annotators > 1 && others.share !== null &&
          ` ${agreement(`The ${annotators} people agree with each other on`, others)}`}
        {contradictions > 0 &&
          ` ${contradictions} ${
            contradictions === 1 ? "question was" : "questions were"
          } answered both ways.`}
      </p>
      <p class="quiet">
        kept in <code>{file}</code>
      </p>
    </>
  );
}

function agreement(what: string, { share, questions }: AgreementInfo): string {
  const { value, low, high } = share!;
  return `${what} ${percent(value)} of ${questions} ${
    questions === 1 ? "question" : "questions"
  } that were asked again (95 % interval ${percent(low)} to ${percent(high)}).`;
}

/** How far it is to the goal, and what to do there. */
export function goalText(count: number): string {
  return count < goal
    ? `; ${goal} are a good beginning`
    : ": a good beginning. Keep it below, or go on: more make it surer";
}

/** What is missing before anything can be learned; null where that is nothing. */
export function answersMissing({ answers, cannotSay }: AnswersInfo): string | null {
  const left = fewestSaid - (answers - cannotSay);
  if (left <= 0) return null;
  return `After ${left} more ${
    left === 1 ? "answer" : "answers"
  } you see here what the model makes of them.`;
}
