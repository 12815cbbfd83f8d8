import { useEffect } from "preact/hooks";
import { addShortcuts } from "../keyboard.ts";
import { choose, followQuestion, question, refusal, takeBack } from "./label_data.ts";
import { Question } from "./question.tsx";
import { answersMissing, goal, QuestionProgress } from "./question_progress.tsx";
import { TeachPanel } from "./teach_panel.tsx";

/** Teaches the notion by answers to questions. */
export function ByQuestions() {
  useEffect(followQuestion, []);
  useEffect(shortcuts, []);
  const asked = question.value;
  if (refusal.value !== null) return <p class="unkept">{refusal.value}</p>;
  if (asked === null) return <p class="quiet">Choosing a question …</p>;
  const { answers } = asked;
  return (
    <>
      <Question asked={asked} />
      <TeachPanel
        anchor={{ ...asked.anchor, where: "the picture in the middle" }}
        isEarly={answers.answers - answers.cannotSay < goal}
        notYet={answersMissing(answers)}
      >
        <QuestionProgress answers={answers} />
      </TeachPanel>
    </>
  );
}

function shortcuts(): () => void {
  return addShortcuts(
    {
      keys: ["ArrowLeft", "1"],
      what: "label: the left one is more alike",
      run: () => choose("left"),
    },
    {
      keys: ["ArrowRight", "2"],
      what: "label: the right one is more alike",
      run: () => choose("right"),
    },
    { keys: [" ", "3", "ArrowDown"], what: "label: cannot say", run: () => choose(null) },
    { keys: ["Backspace"], what: "label: take the last answer back", run: takeBack },
  );
}
