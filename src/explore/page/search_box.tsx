import { useEffect, useRef } from "preact/hooks";
import { type Signal, signal } from "@preact/signals";
import type { FoundAnswer } from "../protocol.ts";
import { source } from "./explored.ts";
import { latest } from "./latest.ts";
import { report } from "./source.ts";
import { goTo, view, where } from "./state.ts";
import { Thumbnail } from "./thumbnail.tsx";

const text: Signal<string> = signal("");
const found: Signal<FoundAnswer | null> = signal(null);
const active: Signal<number> = signal(-1);

const search = latest({
  ask: (asked: string) => source().find(asked),
  take: (answer, asked) => {
    if (asked !== text.value.trim()) return;
    found.value = answer;
    active.value = -1;
  },
  fail: report,
});

function type(value: string): void {
  text.value = value;
  if (value.trim() === "") found.value = null;
  else search(value.trim());
}

/** One of what was found. */
interface Choice {
  readonly id: string;
  readonly choose: () => void;
}

function choicesOf(answer: FoundAnswer): Choice[] {
  return [
    ...answer.values.map((value, at) => ({
      id: `found-value-${at}`,
      choose: () => {
        if (!where.value.includes(value.where)) where.value = [...where.value, value.where];
      },
    })),
    ...answer.images.map(({ index }) => ({ id: `found-${index}`, choose: () => goTo(index) })),
  ];
}

function choose(choice: Choice): void {
  if (!["neighbours", "maps"].includes(view.value)) view.value = "neighbours";
  choice.choose();
  text.value = "";
  found.value = null;
  document.getElementById("main")!.focus();
}

/** Search by name or value. */
export function SearchBox() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      if (!box.current!.contains(event.target as Node)) found.value = null;
    };
    addEventListener("pointerdown", close);
    return () => removeEventListener("pointerdown", close);
  }, []);
  const answer = found.value;
  const choices = answer === null ? [] : choicesOf(answer);
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") type("");
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const by = event.key === "ArrowDown" ? 1 : -1;
      const count = choices.length;
      if (count > 0) active.value = (Math.max(active.value, by < 0 ? 0 : -1) + by + count) % count;
    } else if (event.key === "Enter") {
      const meant = choices[Math.max(active.value, 0)];
      if (meant !== undefined) choose(meant);
    } else return;
    event.preventDefault();
  };
  return (
    <div class="search" ref={box} role="search">
      <input
        id="search"
        type="text"
        list={undefined}
        placeholder="Name or value  ( / )"
        aria-label="Search a name or value"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={answer !== null}
        aria-controls="found"
        aria-activedescendant={choices[active.value]?.id}
        autocomplete="off"
        spellcheck={false}
        value={text.value}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={keys}
      />
      <div
        id="found"
        class="found"
        role="listbox"
        aria-label="What was found"
        hidden={answer === null}
      >
        {answer !== null && <Found answer={answer} choices={choices} />}
      </div>
    </div>
  );
}

function Found({ answer, choices }: {
  readonly answer: FoundAnswer;
  readonly choices: readonly Choice[];
}) {
  if (choices.length === 0) return <p class="quiet" role="option">Nothing is called so.</p>;
  const option = (place: number, contents: preact.ComponentChildren) => (
    <div
      key={choices[place].id}
      id={choices[place].id}
      role="option"
      aria-selected={place === active.value}
      onClick={() => choose(choices[place])}
    >
      {contents}
    </div>
  );
  const { values, images, total } = answer;
  return (
    <>
      {values.map(({ column, value, images }, at) =>
        option(
          at,
          <>
            <strong>{column}</strong> is {value} <span class="quiet">{images} images</span>
          </>,
        )
      )}
      {images.map(({ index, name }, at) =>
        option(
          values.length + at,
          <>
            <Thumbnail key={index} index={index} name="" /> <span class="file">{name}</span>
          </>,
        )
      )}
      {total > images.length && (
        <p class="quiet" role="presentation">{total - images.length} more are called so</p>
      )}
    </>
  );
}
