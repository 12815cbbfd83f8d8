/** A notion is taught: by questions to a person, by values of images, or from a column of values. */
import { useEffect } from "preact/hooks";
import { Annotator, annotator, AskAnnotator } from "../answers/annotator.tsx";
import { UnkeptAnswer } from "../answers/keep.tsx";
import { source } from "../explored.ts";
import { ByColumn } from "../label/by_column.tsx";
import { ByQuestions } from "../label/by_questions.tsx";
import { ByValues } from "../label/by_values.tsx";
import { ChooseNotion } from "../label/choose_notion.tsx";
import { followLabelInfo, info } from "../label/label_info.ts";
import { followTaught } from "../label/teach_data.ts";
import { labelled, labelWay } from "../state.ts";

/** The view. */
export function Label() {
  if (source().labels === null) {
    return <p class="empty">Questions are asked where the page has a server: start `explore`.</p>;
  }
  return <Labelling />;
}

function Labelling() {
  useEffect(followLabelInfo, []);
  useEffect(followTaught, []);
  const found = info.value;
  if (found === null) return <p class="quiet">Asking what there is …</p>;
  if (found.refusal !== null) return <p class="unkept">{found.refusal}</p>;
  if (labelled.value === "") return <ChooseNotion info={found} />;
  const way = labelWay.value;
  return (
    <div class="label-view">
      <Title />
      {way === "column" ? <ByColumn /> : annotator.value === "" ? <AskAnnotator /> : (
        <>
          <UnkeptAnswer />
          {way === "values" ? <ByValues /> : <ByQuestions />}
        </>
      )}
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
      {labelWay.value !== "column" && annotator.value !== "" && <Annotator />}
    </p>
  );
}
