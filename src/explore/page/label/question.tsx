import { useEffect, useRef } from "preact/hooks";
import type { ImageInfo, QuestionAnswer } from "../../protocol.ts";
import { LargePicture } from "../answers/large_picture.tsx";
import { labelled } from "../state.ts";
import { choose, takeBack } from "./label_data.ts";

/** The question, and the ways to answer it. */
export function Question({ asked }: { readonly asked: QuestionAnswer }) {
  const { anchor, left, right } = asked;
  const group = useRef<HTMLDivElement>(null);
  const key = [anchor.index, left.index, right.index].join();
  // Not on a button that was clicked: space would then press it again.
  useEffect(() => group.current?.focus({ preventScroll: true }), [key]);
  return (
    <div
      class="question"
      role="group"
      aria-label="Question"
      tabIndex={-1}
      ref={group}
      data-question={key}
    >
      <h3>
        Which is more like the picture in the middle, by <em>{labelled.value}</em>?
      </h3>
      <div class="trio">
        <Side image={left} name="left" hint="← or 1" />
        <figure class="anchor">
          <figcaption>compare with this</figcaption>
          <LargePicture index={anchor.index} name={anchor.name} />
        </figure>
        <Side image={right} name="right" hint="→ or 2" />
      </div>
      <div class="answer-buttons">
        <button type="button" onClick={() => choose(null)}>
          <kbd>space</kbd> Cannot say
        </button>
        <button type="button" onClick={takeBack} disabled={asked.answers.own === 0}>
          <kbd>⌫</kbd> Take the last answer back
        </button>
      </div>
    </div>
  );
}

function Side({ image, name, hint }: {
  readonly image: ImageInfo;
  readonly name: "left" | "right";
  readonly hint: string;
}) {
  return (
    <button
      type="button"
      class="side"
      data-side={name}
      onClick={() => choose(name)}
    >
      <span class="side-title">
        {name} <span class="unseen">is more alike:</span> <kbd>{hint}</kbd>
      </span>
      <LargePicture index={image.index} name={image.name} />
    </button>
  );
}
