import { useEffect, useRef } from "preact/hooks";
import type { ValuesAnswer } from "../../protocol.ts";
import { LargePicture } from "../answers/large_picture.tsx";
import { infos, needInfos } from "../maps/infos.ts";
import { countText } from "../maps/selected.tsx";
import { labelled, selection } from "../state.ts";
import { Thumbnail } from "../thumbnail.tsx";
import { askedImages, give, skip, takeBackValue } from "./values_data.ts";

/** Pictures of a selection that are shown. */
const mostShown = 36;

/** Values that a key gives. */
const keys = 9;

/** Asks for the value of an image, or of those that are selected. */
export function ValueQuestion({ asked }: { readonly asked: ValuesAnswer }) {
  const images = askedImages();
  const group = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const key = images.join();
  const isFirst = asked.values.length === 0;
  // Where there is no value yet, one is written; else keys give it.
  useEffect(() => {
    (isFirst ? input : group).current?.focus({ preventScroll: true });
  }, [key, isFirst]);
  if (images.length === 0) {
    return <p>Every image has a value. Choose images in the maps to give them another.</p>;
  }
  const isSelection = images === selection.value;
  const these = images.length === 1 ? "this picture" : `these ${countText(images.length)}`;
  return (
    <div
      class="question value-question"
      role="group"
      aria-label="Question"
      tabIndex={-1}
      ref={group}
      data-valued={images.length === 1 ? key : `${images.length} images`}
    >
      <h3>
        What is the <em>{labelled.value}</em> of {these}?
      </h3>
      <div class="value-choices">
        {isSelection
          ? <Gallery images={images} />
          : <LargePicture index={asked.image!.index} name={asked.image!.name} />}
        <div>
          <ol class="value-buttons">
            {asked.values.map(({ value, images, example }, at) => (
              <li key={value}>
                <button type="button" data-value={value} onClick={() => give(value)}>
                  {at < keys && <kbd>{at + 1}</kbd>}
                  <span class="value-name">{value}</span>
                  <span class="quiet">{images}</span>
                  <span class="value-example">
                    <Thumbnail key={example.index} index={example.index} name={example.name} />
                  </span>
                </button>
              </li>
            ))}
          </ol>
          <form
            class="new-value"
            onSubmit={(event) => {
              event.preventDefault();
              const field = input.current!;
              if (field.value.trim() === "") return;
              give(field.value);
              field.value = "";
              group.current?.focus({ preventScroll: true });
            }}
          >
            <label for="new-value">{isFirst ? "Write its value:" : "Another value:"}</label>{" "}
            <input
              id="new-value"
              ref={input}
              type="text"
              maxLength={200}
              autocomplete="off"
              placeholder={isFirst ? "for instance: flat" : ""}
            />{" "}
            <button type="submit">Give it</button>
          </form>
          {isFirst && (
            <p class="quiet">From then on, key 1 or a click gives the same value again.</p>
          )}
        </div>
      </div>
      <div class="answer-buttons">
        <button type="button" onClick={skip}>
          <kbd>space</kbd> {isSelection ? "Not these: one picture at a time" : "Skip"}
        </button>
        <button type="button" onClick={takeBackValue} disabled={!asked.isOwn}>
          <kbd>⌫</kbd> Take the last value back
        </button>
      </div>
    </div>
  );
}

function Gallery({ images }: { readonly images: readonly number[] }) {
  const some = images.slice(0, mostShown);
  useEffect(() => needInfos(some), [images]);
  return (
    <div class="value-gallery">
      <p class="quiet">You selected them in the maps; they are given one value together.</p>
      <ul>
        {some.map((index) => (
          <li key={index}>
            <Thumbnail index={index} name={infos.value.get(index)?.name ?? `image ${index}`} />
          </li>
        ))}
      </ul>
      {images.length > some.length && (
        <p class="quiet">and {countText(images.length - some.length)} more</p>
      )}
    </div>
  );
}
