/** The question that is asked. */
import { type Signal, signal } from "@preact/signals";
import type { AnsweredQuestion, QuestionAnswer } from "../../protocol.ts";
import { annotator } from "../answers/annotator.tsx";
import { source } from "../explored.ts";
import { isBusy, keepOne } from "./keep_one.ts";
import { asksNext } from "./follow_asked.ts";
import { asked } from "./tab.ts";
import { taught, teach } from "./teach_data.ts";

/** Fewer answers that say which is more alike teach nothing. */
export const fewestSaid = 20;

/** The question, by the notion that it is about; null until it is known. */
export const question: Signal<QuestionAnswer | null> = signal(null);

/** Why no question can be asked; null where one can. */
export const refusal: Signal<string | null> = signal(null);

/** What was answered since the page was opened, the last one last: what can be taken back. */
let answered: AnsweredQuestion[] = [];

/** Asks for the question of the notion that is labelled. */
export const followQuestion: () => () => void = asksNext({
  ask: () => source().labels!.question(asked()),
  forget: () => {
    question.value = null;
    answered = [];
  },
  show,
  refusal,
});

function show(found: QuestionAnswer): void {
  question.value = found;
  const { answers, cannotSay } = found.answers;
  if (answers - cannotSay >= fewestSaid) teach();
  else taught.value = null;
}

/** Answers the question that is shown. */
export async function choose(chosen: "left" | "right" | null): Promise<void> {
  const shown = question.value;
  if (shown === null || isBusy() || annotator.value === "") return;
  const given: AnsweredQuestion = {
    anchor: shown.anchor.index,
    left: shown.left.index,
    right: shown.right.index,
    at: new Date().toISOString(),
  };
  const answer = { ...asked(), ...given, chosen };
  if (await keepOne(() => source().labels!.answer(answer), show)) answered.push(given);
}

/** Takes the last answer back, and asks its question again. */
export async function takeBack(): Promise<void> {
  if (question.value === null || isBusy()) return;
  if (question.value.answers.own === 0) return;
  const undo = { ...asked(), answer: answered.at(-1) ?? null };
  if (await keepOne(() => source().labels!.undo(undo), show)) answered.pop();
}
