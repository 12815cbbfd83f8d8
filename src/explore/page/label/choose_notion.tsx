import { useState } from "preact/hooks";
import type { LabelInfo } from "../../protocol.ts";
import { labelled } from "../state.ts";

/** As the server has it: a name that a set's notion can have. */
const isName = (name: string) => /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name);

/** Asks for the notion, a new one or one that was begun. */
export function ChooseNotion({ info }: { readonly info: LabelInfo }) {
  const [fault, setFault] = useState("");
  const begun = info.notions.filter(({ answers }) => answers !== null);
  return (
    <section class="choose-notion" aria-labelledby="choose-title">
      <h2 id="choose-title">Teach the model a new kind of likeness</h2>
      <p>
        You answer questions about three pictures; some 60 answers take about five minutes. From
        them the model learns by what you compare, without any training, and says whether it could.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const input = event.currentTarget.elements.namedItem("notion") as HTMLInputElement;
          const name = input.value.trim().replace(/\s+/g, "-");
          if (isName(name)) labelled.value = name;
          else setFault('A name has letters, digits, "_", "-" and ".": heel-shape.');
        }}
      >
        <label for="notion">By what are pictures alike? Give it a name:</label>{" "}
        <input
          id="notion"
          name="notion"
          type="text"
          placeholder="for instance: elegance"
          maxLength={80}
          autocomplete="off"
          spellcheck={false}
        />{" "}
        <button type="submit" class="primary">Start</button>
      </form>
      <p role="alert">{fault}</p>
      {begun.length > 0 && (
        <>
          <h3>Or go on with</h3>
          <ul class="begun">
            {begun.map(({ name, answers }) => (
              <li key={name}>
                <button type="button" onClick={() => labelled.value = name}>
                  {name} <span class="quiet">{answers} answers</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="quiet">
        Answers are written to <code>{info.folder}</code>{" "}
        at once; you can close the page at any time.
      </p>
    </section>
  );
}
