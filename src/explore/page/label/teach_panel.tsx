import type { AgreementInfo, AnswersInfo, TaughtInfo } from "../../protocol.ts";
import { labelled } from "../state.ts";
import { Accuracies, percent } from "./accuracies.tsx";
import { KeepNotion } from "./keep_notion.tsx";
import { fewestSaid, taught } from "./label_data.ts";
import { TaughtNeighbours } from "./taught_neighbours.tsx";

/** Answers that are a good beginning. */
const goal = 60;

/** What the answers have taught so far. */
export function TeachPanel({ answers, anchor }: {
  readonly answers: AnswersInfo;
  readonly anchor: number;
}) {
  const found = taught.value;
  const isFitted = found !== null && !("refusal" in found);
  return (
    <section class="teach" aria-labelledby="teach-title">
      <h2 id="teach-title">What {labelled.value} has taught so far</h2>
      <Progress answers={answers} />
      <div role="status">
        {isFitted
          ? <Verdict taught={found} answers={answers} />
          : <NotYet answers={answers} reason={found?.refusal ?? "…"} />}
      </div>
      {isFitted && (
        <>
          <Accuracies taught={found} />
          {found.dimensions === 0
            ? <p class="quiet">No dimension counts, so there is nothing to look at or to keep.</p>
            : (
              <>
                <TaughtNeighbours key={labelled.value} taught={found} anchor={anchor} />
                <KeepNotion key={`keep ${labelled.value}`} taught={found} />
              </>
            )}
        </>
      )}
    </section>
  );
}

function Progress({ answers }: { readonly answers: AnswersInfo }) {
  const { answers: all, cannotSay, self, others, annotators, contradictions, file } = answers;
  const count = all - cannotSay;
  return (
    <>
      <p>
        <progress value={Math.min(count, goal)} max={goal} aria-label="Answers" />{" "}
        <strong>{count} {count === 1 ? "answer" : "answers"}</strong>
        {count < goal ? `, ${goal} are a good beginning` : ""}
        {cannotSay > 0 && `; and ${cannotSay === 1 ? "once" : `${cannotSay} times`} “cannot say”`}
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

function NotYet({ answers, reason }: {
  readonly answers: AnswersInfo;
  readonly reason: string;
}) {
  const said = answers.answers - answers.cannotSay;
  if (said >= fewestSaid) return <p class="quiet">{reason}</p>;
  const left = fewestSaid - said;
  return (
    <p class="quiet">
      After {left} more {left === 1 ? "answer" : "answers"}{" "}
      you see here what the model makes of them.
    </p>
  );
}

const titles: Readonly<Record<string, string>> = {
  "learned": "✓ Learned",
  "not learnable": "✗ Not learnable from this embedding so far",
  "already known": "≈ A notion that is there does as well",
  "not shown better": "? Learned, perhaps no better than what is there",
};

function Verdict({ taught, answers }: {
  readonly taught: TaughtInfo;
  readonly answers: AnswersInfo;
}) {
  const isEarly = taught.verdict === "not learnable" && answers.answers - answers.cannotSay < goal;
  return (
    <p class="verdict" data-verdict={taught.verdict}>
      <strong>{titles[taught.verdict] ?? taught.verdict}.</strong>{" "}
      {taught.text[0].toUpperCase() + taught.text.slice(1)}.{" "}
      <span class="quiet">
        Judged by answers that were left out of the fit; {taught.dimensions} of {taught.of}{" "}
        dimensions count.{isEarly && " It is early: more answers may show more."}
      </span>
    </p>
  );
}
