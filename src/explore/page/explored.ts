/** What is explored, for all views: set once by main.tsx before any view is shown. */
import { type Signal, signal } from "@preact/signals";
import { seriesColour } from "../../report/charts/palette.ts";
import type { ExploredInfo, OpeningInfo } from "../protocol.ts";
import type { Source } from "./source.ts";

/** What is explored; null until it is known. */
export const explored: Signal<ExploredInfo | null> = signal(null);

/** How far what is explored is being opened; null when it is open, and before that is known. */
export const opening: Signal<OpeningInfo | null> = signal(null);

let current: Source | null = null;

/** Where the page gets what it shows. */
export function source(): Source {
  return current!;
}

/** Decides where the page gets what it shows. */
export function useSource(chosen: Source): void {
  current = chosen;
}

/** The colour of notion number `index`, the same in all views. */
export function notionColour(index: number): string {
  return seriesColour(index);
}
