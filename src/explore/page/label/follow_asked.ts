/** What this tab is asked next about the notion that is labelled. */
import { effect, type Signal } from "@preact/signals";
import { annotator } from "../answers/annotator.tsx";
import { connection, LostError } from "../source.ts";
import { labelled } from "../state.ts";

/** What is asked for, and what becomes of it. */
export interface AskedNext<Found> {
  readonly ask: () => Promise<Found>;
  /** Forgets what was shown of another notion. */
  readonly forget: () => void;
  readonly show: (found: Found) => void;
  /** Why nothing can be asked; null where it can. */
  readonly refusal: Signal<string | null>;
}

/**
 * Gives a function that asks while a view is shown: at first, for another notion or person, and when
 * the server is there again. What is known of the notion stays while the view is away.
 */
export function asksNext<Found>({ ask, forget, show, refusal }: AskedNext<Found>) {
  let shownNotion = "";
  return (): () => void =>
    effect(() => {
      connection.value.comebacks;
      const notion = labelled.value;
      if (notion === "" || annotator.value === "") return;
      if (notion !== shownNotion) {
        shownNotion = notion;
        forget();
      }
      refusal.value = null;
      ask().then((found) => {
        if (notion === labelled.peek()) show(found);
      }, (error) => {
        if (!(error instanceof LostError)) refusal.value = error.message;
      });
    });
}
