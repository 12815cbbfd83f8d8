import { useEffect, useRef, useState } from "preact/hooks";
import { batch } from "@preact/signals";
import type { BegunNotion, LabelInfo } from "../../protocol.ts";
import { countText } from "../maps/selected.tsx";
import { labelColumn, labelled, labelWay, selection } from "../state.ts";

/** As the server has it: a name that a set's notion can have. */
const isName = (name: string) => /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name);

type Way = typeof labelWay.value;

function begin(notion: string, way: Way, column = ""): void {
  batch(() => {
    labelled.value = notion;
    labelWay.value = way;
    labelColumn.value = column;
  });
}

/** Asks for the notion, a new one or one that was begun, and how it is taught. */
export function ChooseNotion({ info }: { readonly info: LabelInfo }) {
  const [fault, setFault] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  const selected = selection.value.length;
  return (
    <section class="choose-notion" aria-labelledby="choose-title">
      <h2 id="choose-title">Teach the model a new kind of likeness</h2>
      <p>
        From some 60 answers, about five minutes of your time, the model learns by what you compare,
        without any training. It says how well it could.
      </p>
      {selected > 0 && (
        <p>
          <strong>{countText(selected)}</strong>{" "}
          are selected in the maps: with “Give pictures a value” you can give them one value
          together.
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const input = event.currentTarget.elements.namedItem("notion") as HTMLInputElement;
          const name = input.value.trim().replace(/\s+/g, "-");
          const way = (event.submitter as HTMLButtonElement | null)?.value as Way | undefined;
          if (isName(name)) begin(name, way ?? "answers");
          else setFault('A name has letters, digits, "_", "-" and ".": heel-shape.');
        }}
      >
        <label for="notion">By what are pictures alike? Give it a name:</label>{" "}
        <input
          id="notion"
          ref={input}
          name="notion"
          type="text"
          placeholder="for instance: elegance"
          maxLength={80}
          autocomplete="off"
          spellcheck={false}
        />
        <p role="alert">{fault}</p>
        <div class="ways">
          <button type="submit" class="primary" value="answers">Compare pictures</button>
          <p class="quiet">
            Which of two is more like a third? For what is hard to put into words.
          </p>
          <button type="submit" value="values">Give pictures a value</button>
          <p class="quiet">
            Flat, middle or high? Pictures with the same value are alike.
          </p>
        </div>
      </form>
      <Begun notions={info.notions} />
      <Columns info={info} />
      <p class="quiet">
        What you say is written to <code>{info.folder}</code>{" "}
        at once; you can close the page at any time.
      </p>
    </section>
  );
}

function Begun({ notions }: { readonly notions: readonly BegunNotion[] }) {
  const begun = notions.flatMap(({ name, answers, values }) => [
    ...answers === null || answers === 0 ? [] : [
      { name, way: "answers", what: answers === 1 ? "1 answer" : `${answers} answers` } as const,
    ],
    ...values === null || values === 0
      ? []
      : [{ name, way: "values", what: values === 1 ? "1 value" : `${values} values` } as const],
  ]);
  if (begun.length === 0) return null;
  return (
    <>
      <h3>Or go on with</h3>
      <ul class="begun">
        {begun.map(({ name, way, what }) => (
          <li key={`${way} ${name}`}>
            <button type="button" onClick={() => begin(name, way)}>
              {name} <span class="quiet">{what}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Columns({ info: { columns } }: { readonly info: LabelInfo }) {
  if (columns.length === 0) return null;
  return (
    <>
      <h3>Or teach it from a column that is known of the pictures</h3>
      <ul class="begun">
        {columns.map(({ name, images }) => (
          <li key={name}>
            <button
              type="button"
              data-column={name}
              onClick={() => begin(nameOf(name), "column", name)}
            >
              {name} <span class="quiet">{countText(images)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A notion's name for a column's. */
function nameOf(column: string): string {
  const name = column.trim().replace(/[^\p{L}\p{N}_.-]+/gu, "-").replace(/^[.-]+/, "");
  return name === "" ? "column" : name;
}
