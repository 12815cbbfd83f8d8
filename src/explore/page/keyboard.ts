/** Keys that do something wherever the focus is, and the list of them that "?" shows. */

/** A key. */
export interface Shortcut {
  /** As `KeyboardEvent.key` has it; several that do the same. */
  readonly keys: readonly string[];
  /** What it does: "search for a name or value". */
  readonly what: string;
  readonly run: (event: KeyboardEvent) => void;
}

const shortcuts = new Set<Shortcut>();

/** Adds keys until the function that it returns is called: for a view, as long as it is shown. */
export function addShortcuts(...added: readonly Shortcut[]): () => void {
  for (const shortcut of added) shortcuts.add(shortcut);
  return () => {
    for (const shortcut of added) shortcuts.delete(shortcut);
  };
}

/** Those that do something now. */
export function currentShortcuts(): readonly Shortcut[] {
  return [...shortcuts];
}

/** From now on keys do what they say, but not while somebody writes. */
export function followKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const isApart = isWriting(event.target) || document.querySelector("dialog[open]") !== null;
    if (isApart && event.key !== "Escape") return;
    if (isPressed(event.target) && (event.key === " " || event.key === "Enter")) return;
    // A view's own keys, which come later, go before those of the page.
    const meant = [...shortcuts].findLast(({ keys }) => keys.includes(event.key));
    if (meant === undefined) return;
    event.preventDefault();
    meant.run(event);
  });
}

/** Whether it does something of its own when space or Enter is pressed. */
function isPressed(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("button, a, summary, input") !== null;
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement ||
    target instanceof HTMLInputElement && !["button", "checkbox", "radio"].includes(target.type);
}
