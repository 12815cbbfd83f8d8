/** The question that is asked, and what the answers have taught so far. */
import { effect, type Signal, signal } from "@preact/signals";
import type { AnsweredQuestion, LabelInfo, QuestionAnswer, TaughtInfo } from "../../protocol.ts";
import { annotator } from "../answers/annotator.tsx";
import { DiscardedError, keep } from "../answers/keep.tsx";
import { explored, source } from "../explored.ts";
import { latest } from "../latest.ts";
import { connection, LostError, report } from "../source.ts";
import { labelled } from "../state.ts";

/** Fewer answers that say which is more alike teach nothing. */
export const fewestSaid = 20;

/** What there is to go on with; null until it is known. */
export const info: Signal<LabelInfo | null> = signal(null);

/** The question, by the notion that it is about; null until it is known. */
export const question: Signal<QuestionAnswer | null> = signal(null);

/** Why no question can be asked; null where one can. */
export const refusal: Signal<string | null> = signal(null);

/** What the answers teach, or why they do not yet. */
export const taught: Signal<TaughtInfo | { readonly refusal: string } | null> = signal(null);

/** This tab, for as long as the page is open: no two tabs are asked the same. */
const tab = crypto.randomUUID();

/** What was answered since the page was opened, the last one last: what can be taken back. */
let answered: AnsweredQuestion[] = [];

function asked() {
  return { notion: labelled.peek(), by: annotator.peek(), tab };
}

/** Asks for what there is to go on with, and again when the server comes back. */
export function followLabelInfo(): () => void {
  return effect(() => {
    connection.value.comebacks;
    labelled.value;
    source().labels!.info().then((found) => info.value = found, report);
  });
}

/** Asks for the question of the notion that is labelled. */
export function followQuestion(): () => void {
  return effect(() => {
    connection.value.comebacks;
    const notion = labelled.value;
    if (notion === "" || annotator.value === "" || info.value?.refusal != null) return;
    if (info.value === null) return;
    if (notion !== shownNotion) {
      shownNotion = notion;
      question.value = null;
      taught.value = null;
      answered = [];
    }
    refusal.value = null;
    source().labels!.question(asked()).then((found) => {
      if (notion !== labelled.peek()) return;
      show(found);
    }, (error) => {
      if (!(error instanceof LostError)) refusal.value = error.message;
    });
  });
}

let shownNotion = "";

function show(found: QuestionAnswer): void {
  question.value = found;
  const { answers, cannotSay } = found.answers;
  if (answers - cannotSay >= fewestSaid) teach(labelled.peek());
  else taught.value = null;
}

/** Fits the notion as answers come, always to the newest. */
const teach = latest({
  ask: (notion: string) => source().labels!.teach(notion),
  take: (found, notion) => {
    if (notion === labelled.peek()) taught.value = found;
    const of = explored.peek();
    // So that the neighbours have a row of it at once.
    if (of !== null && !of.taught.includes(notion)) {
      explored.value = { ...of, taught: [...of.taught, notion] };
    }
  },
  fail: (error, notion) => {
    if (error instanceof LostError || notion !== labelled.peek()) return;
    taught.value = { refusal: error instanceof Error ? error.message : String(error) };
  },
});

let isKeeping = false;

/** Sends an answer until it is kept; one after the other. */
async function keepOne(send: () => Promise<QuestionAnswer>): Promise<boolean> {
  if (isKeeping) return false;
  isKeeping = true;
  const notion = labelled.peek();
  try {
    const next = await keep(send);
    if (notion === labelled.peek()) show(next);
    return true;
  } catch (error) {
    if (!(error instanceof DiscardedError)) throw error;
    return false;
  } finally {
    isKeeping = false;
  }
}

/** Answers the question that is shown. */
export async function choose(chosen: "left" | "right" | null): Promise<void> {
  const shown = question.value;
  if (shown === null || isKeeping || annotator.value === "") return;
  const given: AnsweredQuestion = {
    anchor: shown.anchor.index,
    left: shown.left.index,
    right: shown.right.index,
    at: new Date().toISOString(),
  };
  const answer = { ...asked(), ...given, chosen };
  if (await keepOne(() => source().labels!.answer(answer))) answered.push(given);
}

/** Takes the last answer back, and asks its question again. */
export async function takeBack(): Promise<void> {
  if (question.value === null || isKeeping) return;
  if (question.value.answers.own === 0) return;
  const undo = { ...asked(), answer: answered.at(-1) ?? null };
  if (await keepOne(() => source().labels!.undo(undo))) answered.pop();
}
