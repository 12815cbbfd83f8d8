/** Questions to a person: which is more alike by a notion? And what the answers teach. */
import { useEffect } from "preact/hooks";
import { Annotator, annotator, AskAnnotator } from "../answers/annotator.tsx";
import { UnkeptAnswer } from "../answers/keep.tsx";
import { source } from "../explored.ts";
import { addShortcuts } from "../keyboard.ts";
import { ChooseNotion } from "../label/choose_notion.tsx";
import {
  choose,
  followLabelInfo,
  followQuestion,
  info,
  question,
  refusal,
  takeBack,
} from "../label/label_data.ts";
import { Question } from "../label/question.tsx";
import { TeachPanel } from "../label/teach_panel.tsx";
import { labelled } from "../state.ts";

/** The view. */
export function Label() {
  if (source().labels === null) {
    return <p class="empty">Questions are asked where the page has a server: start `explore`.</p>;
  }
  return <Labelling />;
}

function Labelling() {
  useEffect(followLabelInfo, []);
  useEffect(followQuestion, []);
  useEffect(shortcuts, []);
  const found = info.value;
  if (found === null) return <p class="quiet">Asking what there is …</p>;
  if (found.refusal !== null) return <p class="unkept">{found.refusal}</p>;
  if (labelled.value === "") return <ChooseNotion info={found} />;
  if (annotator.value === "") {
    return (
      <div class="label-view">
        <Title />
        <AskAnnotator />
      </div>
    );
  }
  const asked = question.value;
  return (
    <div class="label-view">
      <Title />
      <UnkeptAnswer />
      {refusal.value !== null && <p class="unkept">{refusal.value}</p>}
      {asked === null && refusal.value === null && <p class="quiet">Choosing a question …</p>}
      {asked !== null && <Question asked={asked} />}
      {asked !== null && <TeachPanel answers={asked.answers} anchor={asked.anchor.index} />}
    </div>
  );
}

function Title() {
  return (
    <p class="choices">
      <span>
        <span class="quiet">likeness by</span> <strong>{labelled.value}</strong>{" "}
        <button type="button" class="plain" onClick={() => labelled.value = ""}>another</button>
      </span>
      {annotator.value !== "" && <Annotator />}
    </p>
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
