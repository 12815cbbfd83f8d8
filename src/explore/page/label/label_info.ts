/** What there is to go on with. */
import { effect, type Signal, signal } from "@preact/signals";
import type { LabelInfo } from "../../protocol.ts";
import { source } from "../explored.ts";
import { connection, report } from "../source.ts";
import { labelled } from "../state.ts";

/** Null until it is known. */
export const info: Signal<LabelInfo | null> = signal(null);

/** Asks for what there is to go on with, and again when the server comes back. */
export function followLabelInfo(): () => void {
  return effect(() => {
    connection.value.comebacks;
    labelled.value;
    source().labels!.info().then((found) => info.value = found, report);
  });
}
