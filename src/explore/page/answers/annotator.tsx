/** Who answers: asked for once, and known to this browser from then on. */
import { useEffect, useRef } from "preact/hooks";
import { type Signal, signal } from "@preact/signals";

const key = "csn-explore-annotator";

/** The name; "" until it is known. */
export const annotator: Signal<string> = signal(stored());

/** Browsers may refuse to keep anything; then the name is asked for again. */
function stored(): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function take(name: string): void {
  annotator.value = name.trim();
  try {
    localStorage.setItem(key, annotator.value);
  } catch {
    // Known until the page is closed.
  }
}

/** Asks for the name. */
export function AskAnnotator() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  return (
    <form
      class="ask-name"
      onSubmit={(event) => {
        event.preventDefault();
        const input = event.currentTarget.elements.namedItem("annotator") as HTMLInputElement;
        if (input.value.trim() !== "") take(input.value);
      }}
    >
      <label for="annotator">Your name:</label>
      <input
        id="annotator"
        ref={field}
        name="annotator"
        type="text"
        maxLength={80}
        autocomplete="name"
      />
      <button type="submit" class="primary">Begin</button>
      <p class="quiet">
        It is kept with each answer, so that several people can be compared. It stays on this
        machine.
      </p>
    </form>
  );
}

/** Says who answers, and lets another take over. */
export function Annotator() {
  return (
    <span class="annotator">
      <span class="quiet">answered by</span> {annotator.value}{" "}
      <button type="button" class="plain" onClick={() => annotator.value = ""}>change</button>
    </span>
  );
}
