/** The triplets that the model finds in the wrong order: is the label wrong, or the model? */
import { useEffect } from "preact/hooks";
import type { ImageInfo, MarksInfo, SuspectInfo, SuspectsAnswer } from "../../protocol.ts";
import { Annotator, annotator, AskAnnotator } from "../answers/annotator.tsx";
import { UnkeptAnswer } from "../answers/keep.tsx";
import { LargePicture } from "../answers/large_picture.tsx";
import {
  answer,
  at,
  current,
  followSuspects,
  mark,
  marks,
  move,
  notionNow,
  splitNow,
  takeBack,
} from "../check/check_data.ts";
import { explored, source } from "../explored.ts";
import { addShortcuts } from "../keyboard.ts";
import { checkNotion, checkSplit } from "../state.ts";

/** The view. */
export function Check() {
  useEffect(followSuspects, []);
  useEffect(shortcuts, []);
  if (source().mark === null) {
    return <p class="empty">Labels are checked where the page has a server: start `explore`.</p>;
  }
  if (explored.value!.splits.length === 0) {
    return (
      <p class="empty">
        There is nothing to check: what is explored is no set with triplet lists of these notions.
      </p>
    );
  }
  const found = answer.value;
  return (
    <div class="check-view">
      <h2>Are these labels right?</h2>
      <Choice />
      {marks.value?.refusal != null
        ? <p class="unkept">{marks.value.refusal}</p>
        : annotator.value === ""
        ? <AskAnnotator />
        : found === null
        ? <p class="quiet">Measuring the triplets …</p>
        : found.suspects.length === 0
        ? <p class="empty">The model finds all {found.total} triplets in the right order.</p>
        : <Suspects found={found} />}
      {marks.value !== null && annotator.value !== "" && <Outcome info={marks.value} />}
    </div>
  );
}

function shortcuts(): () => void {
  return addShortcuts(
    { keys: ["w", "1"], what: "check: the label is wrong", run: () => mark("wrong") },
    { keys: ["r", "2"], what: "check: the label is right", run: () => mark("right") },
    { keys: [" ", "ArrowRight"], what: "check: the next one", run: () => move(1) },
    { keys: ["ArrowLeft"], what: "check: the one before", run: () => move(-1) },
    { keys: ["Backspace"], what: "check: take the last mark back", run: takeBack },
  );
}

function Choice() {
  const { notions, splits } = explored.value!;
  const option = (name: string) => <option key={name} value={name}>{name}</option>;
  return (
    <div class="choices">
      <label>
        {"by "}
        <select
          value={notionNow()}
          onChange={(event) => checkNotion.value = event.currentTarget.value}
        >
          {notions.map(({ name }) => option(name))}
        </select>
      </label>
      <label>
        {"in the list "}
        <select
          value={splitNow()}
          onChange={(event) => checkSplit.value = event.currentTarget.value}
        >
          {splits.map(option)}
        </select>
      </label>
      {annotator.value !== "" && <Annotator />}
    </div>
  );
}

function Suspects({ found }: { readonly found: SuspectsAnswer }) {
  const suspect = current.value!;
  const { wrong, total, suspects, notionIndex } = found;
  const checked = suspects.filter((each) => each.mark !== null).length;
  return (
    <>
      <p class="quiet">
        The model finds {wrong} of {total}{" "}
        triplets the other way round than the list; the worst come first. Where it is far off, the
        label is often wrong. Decide by what you see.
      </p>
      <UnkeptAnswer />
      <Triplet suspect={suspect} notion={notionNow()} notionIndex={notionIndex} />
      <div class="answer-buttons">
        <button type="button" class="primary" onClick={() => mark("wrong")}>
          <kbd>W</kbd> The label is wrong
        </button>
        <button type="button" class="primary" onClick={() => mark("right")}>
          <kbd>R</kbd> The label is right
        </button>
        <button type="button" onClick={() => move(1)}>
          <kbd>space</kbd> Cannot say, next
        </button>
        <button type="button" onClick={takeBack}>
          <kbd>⌫</kbd> Take back
        </button>
      </div>
      <p role="status" class="quiet">
        {`${at.value + 1} of ${suspects.length}, ${checked} of them checked`}
        {suspect.mark !== null && `; this one is marked ${suspect.mark}`}
      </p>
    </>
  );
}

function Triplet({ suspect, notion, notionIndex }: {
  readonly suspect: SuspectInfo;
  readonly notion: string;
  readonly notionIndex: number;
}) {
  const { anchor, near, far, nearDistance, farDistance } = suspect;
  const figure = (image: ImageInfo, title: string, distance: number | null) => (
    <figure>
      <figcaption>{title}</figcaption>
      <LargePicture index={image.index} name={image.name} />
      <p class="file">{image.name}</p>
      <p class="quiet">
        {image.values[notionIndex] !== "" && `${notion} is ${image.values[notionIndex]}`}
        {image.values[notionIndex] !== "" && distance !== null && ", "}
        {distance !== null && `the model's distance is ${distance.toFixed(3)}`}
      </p>
    </figure>
  );
  return (
    <div class="question" role="group" aria-label="The triplet">
      <h3>
        The list says: by <em>{notion}</em>{" "}
        the picture in the middle is more like the left one than the right one.
      </h3>
      <div class="trio">
        {figure(near, "more alike, says the list", nearDistance)}
        {figure(anchor, "compared with", null)}
        {figure(far, "less alike, says the list", farDistance)}
      </div>
    </div>
  );
}

function Outcome({ info }: { readonly info: MarksInfo }) {
  return (
    <aside class="outcome" aria-label="What was marked">
      <p>
        <strong>{info.wrong} marked wrong</strong>, {info.right} marked right, in all lists; kept in
        {" "}
        <code>{info.file}</code>
      </p>
      {info.wrong > 0 && (
        <p class="quiet">
          Train without the wrong ones of the training lists:{" "}
          <code>deno task train … --exclude {info.file}</code>
        </p>
      )}
    </aside>
  );
}
