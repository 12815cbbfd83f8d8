import { useEffect } from "preact/hooks";
import type { ValuesAnswer } from "../../protocol.ts";
import { addShortcuts } from "../keyboard.ts";
import { goal } from "./question_progress.tsx";
import type { Anchor } from "./taught_neighbours.tsx";
import { TeachPanel } from "./teach_panel.tsx";
import { ValueProgress, valuesMissing } from "./value_progress.tsx";
import { ValueQuestion } from "./value_question.tsx";
import {
  askedImages,
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
        anchor={anchorOf(asked)}
        isEarly={asked.images < goal}
        notYet={valuesMissing(asked)}
      >
        <ValueProgress asked={asked} />
      </TeachPanel>
    </>
  );
}

/** The image that is asked about; of those that are selected the first. */
function anchorOf({ image }: ValuesAnswer): Anchor | null {
  const [first] = askedImages();
  if (first === undefined) return null;
  return first === image?.index
    ? { ...image, where: "the picture above" }
    : { index: first, name: `image ${first}`, where: "the first picture above" };
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
