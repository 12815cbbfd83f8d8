/** The suspects that are checked, and what was said of them. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { MarksInfo, SuspectInfo, SuspectsAnswer, TripletMark } from "../../protocol.ts";
import { annotator } from "../answers/annotator.tsx";
import { DiscardedError, keep } from "../answers/keep.tsx";
import { explored, source } from "../explored.ts";
import { latest } from "../latest.ts";
import { connection, report } from "../source.ts";
import { checkNotion, checkSplit } from "../state.ts";

/** How many of a list are shown. */
const count = 100;

/** Null until they are known. */
export const answer: Signal<SuspectsAnswer | null> = signal(null);

/** The list that marks are written to. */
export const marks: Signal<MarksInfo | null> = signal(null);

/** The place, among the suspects, of the one that is shown. */
export const at: Signal<number> = signal(0);

/** The suspect that is shown; null where there is none. */
export const current: ReadonlySignal<SuspectInfo | null> = computed(() =>
  answer.value?.suspects[at.value] ?? null
);

/** The notion that is checked: the chosen one, or the model's first. */
export function notionNow(): string {
  const names = explored.value!.notions.map(({ name }) => name);
  return names.includes(checkNotion.value) ? checkNotion.value : names[0];
}

/** The split whose list is checked: the chosen one, or the training list. */
export function splitNow(): string {
  const { splits } = explored.value!;
  return splits.includes(checkSplit.value) ? checkSplit.value : splits[0];
}

const ask = latest({
  ask: (asked: { readonly notion: string; readonly split: string }) =>
    source().suspects({ ...asked, count }),
  take: (found, { notion, split }) => {
    if (notion !== notionNow() || split !== splitNow()) return;
    answer.value = found;
    marks.value = found.marks;
    const open = found.suspects.findIndex(({ mark }) => mark === null);
    at.value = Math.max(0, open);
  },
  fail: report,
});

/** Asks for the suspects of what is chosen, and again when the server comes back. */
export function followSuspects(): () => void {
  return effect(() => {
    connection.value.comebacks;
    if (source().mark === null || explored.value!.splits.length === 0) return;
    ask({ notion: notionNow(), split: splitNow() });
  });
}

/** Shows the suspect so many places on. */
export function move(by: number): void {
  const most = (answer.value?.suspects.length ?? 0) - 1;
  at.value = Math.max(0, Math.min(most, at.value + by));
}

let isKeeping = false;

/** Marks the suspect that is shown, and goes on to the next once the mark is kept. */
export async function mark(is: TripletMark): Promise<void> {
  const suspect = current.value;
  if (suspect === null || annotator.value === "") return;
  if (await say(suspect, is)) move(1);
}

/** Takes back what was said of the suspect before the one that is shown, and shows it again. */
export async function takeBack(): Promise<void> {
  const suspects = answer.value?.suspects ?? [];
  const shown = current.value;
  const isLast = shown !== null && at.value === suspects.length - 1 && shown.mark !== null;
  const place = isLast ? at.value : at.value - 1;
  if (place < 0) return;
  if (suspects[place].mark === null || await say(suspects[place], null)) at.value = place;
}

async function say(suspect: SuspectInfo, is: TripletMark | null): Promise<boolean> {
  const send = source().mark;
  if (send === null || isKeeping) return false;
  isKeeping = true;
  const { anchor, far, near, place } = suspect;
  const asked = {
    notion: notionNow(),
    images: [anchor.index, far.index, near.index] as const,
    ...{ is, by: annotator.value, at: new Date().toISOString() },
  };
  try {
    marks.value = await keep(() => send(asked));
    const found = answer.value!;
    answer.value = {
      ...found,
      suspects: found.suspects.map((each) => each.place === place ? { ...each, mark: is } : each),
    };
    return true;
  } catch (error) {
    if (!(error instanceof DiscardedError)) throw error;
    return false;
  } finally {
    isKeeping = false;
  }
}
