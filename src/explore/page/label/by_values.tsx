import { useEffect } from "preact/hooks";
import { addShortcuts } from "../keyboard.ts";
import { goal } from "./question_progress.tsx";
import { TeachPanel } from "./teach_panel.tsx";
import { ValueProgress, valuesMissing } from "./value_progress.tsx";
import { ValueQuestion } from "./value_question.tsx";
import {
  followValues,
  giveNumber,
  skip,
  takeBackValue,
  valued,
  valuesRefusal,
} from "./values_data.ts";

/** Teaches the notion by values that images are given. */
export function ByValues() {
  useEffect(followValues, []);
  useEffect(shortcuts, []);
  const asked = valued.value;
  if (valuesRefusal.value !== null) return <p class="unkept">{valuesRefusal.value}</p>;
  if (asked === null) return <p class="quiet">Choosing a picture …</p>;
  return (
    <>
      <ValueQuestion asked={asked} />
      <TeachPanel
        anchor={asked.image}
        isEarly={asked.images < goal}
        notYet={valuesMissing(asked)}
      >
        <ValueProgress asked={asked} />
      </TeachPanel>
    </>
  );
}

function shortcuts(): () => void {
  return addShortcuts(
    {
      keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
      what: "label: give the value with that number",
      run: ({ key }) => giveNumber(Number(key)),
    },
    {
      keys: ["Enter"],
      what: "label: write another value",
      run: () => document.getElementById("new-value")?.focus(),
    },
    { keys: [" "], what: "label: skip the picture", run: skip },
    { keys: ["Backspace"], what: "label: take the last value back", run: takeBackValue },
  );
}
