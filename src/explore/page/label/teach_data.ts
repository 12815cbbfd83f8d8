/** What the notion that is labelled has been taught so far, in whichever way. */
import { effect, type Signal, signal } from "@preact/signals";
import type { TaughtFrom, TaughtInfo, TeachAsked } from "../../protocol.ts";
import { explored, source } from "../explored.ts";
import { latest } from "../latest.ts";
import { LostError } from "../source.ts";
import { labelColumn, labelled, labelWay } from "../state.ts";

/** What was taught, or why nothing was; null while nothing was asked for. */
export const taught: Signal<TaughtInfo | { readonly refusal: string } | null> = signal(null);

/** What the page teaches now. */
export function taughtFrom(): TeachAsked {
  const way = labelWay.peek();
  const from: TaughtFrom = way === "column"
    ? { from: way, column: labelColumn.peek() }
    : { from: way };
  return { notion: labelled.peek(), ...from };
}

function isCurrent(asked: TeachAsked): boolean {
  return JSON.stringify(asked) === JSON.stringify(taughtFrom());
}

const ask = latest({
  ask: (asked: TeachAsked) => source().labels!.teach(asked),
  take: (found, asked) => {
    if (isCurrent(asked)) taught.value = found;
    const of = explored.peek();
    // So that the neighbours have a row of it at once.
    if (of !== null && !of.taught.includes(asked.notion)) {
      explored.value = { ...of, taught: [...of.taught, asked.notion] };
    }
  },
  fail: (error, asked) => {
    if (error instanceof LostError || !isCurrent(asked)) return;
    taught.value = { refusal: error instanceof Error ? error.message : String(error) };
  },
});

/** Fits the notion to what there is now; while answers come, always to the newest. */
export function teach(): void {
  ask(taughtFrom());
}

let followed = "";

/** Forgets what was taught when something else is; not when the view is left and comes back. */
export function followTaught(): () => void {
  return effect(() => {
    const now = JSON.stringify([labelled.value, labelWay.value, labelColumn.value]);
    if (now !== followed) taught.value = null;
    followed = now;
  });
}
