import { useEffect, useRef } from "preact/hooks";
import { type Signal, signal } from "@preact/signals";
import { ExportedNote } from "./exported_note.tsx";
import { currentShortcuts } from "./keyboard.ts";

/** Whether the list of keys is shown. */
export const isHelpShown: Signal<boolean> = signal(false);

const names: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** The keys that do something now. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isShown = isHelpShown.value;
  useEffect(() => {
    if (isShown) dialog.current!.showModal();
    else dialog.current!.close();
  }, [isShown]);
  return (
    <dialog ref={dialog} aria-label="Keys" onClose={() => isHelpShown.value = false}>
      <h2>Keys</h2>
      <dl class="keys">
        {isShown && currentShortcuts().map(({ keys, what }) => (
          <div key={what}>
            <dt>{keys.map((key) => <kbd key={key}>{names[key] ?? key}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">
        Tab goes to everything that can be clicked; Enter clicks it.
      </p>
      <ExportedNote />
      <button type="button" onClick={() => isHelpShown.value = false}>Close</button>
    </dialog>
  );
}
