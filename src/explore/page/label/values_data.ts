/** The images that are given a value, one by one or those that are selected, and the values. */
import { type Signal, signal } from "@preact/signals";
import type { ValuedImages, ValuesAnswer } from "../../protocol.ts";
import { annotator } from "../answers/annotator.tsx";
import { source } from "../explored.ts";
import { report } from "../source.ts";
import { selection } from "../state.ts";
import { isBusy, keepOne } from "./keep_one.ts";
import { asksNext } from "./follow_asked.ts";
import { asked } from "./tab.ts";
import { taught, teach } from "./teach_data.ts";

/** The image that is asked about, and the values; null until they are known. */
export const valued: Signal<ValuesAnswer | null> = signal(null);

/** Why no value can be given; null where one can. */
export const valuesRefusal: Signal<string | null> = signal(null);

/** The selection that is left alone for now: images are asked about one by one. */
export const leftSelection: Signal<readonly number[] | null> = signal(null);

/** Fewer images teach nothing. */
export const fewestValued = 10;

/** After so many more images the notion is fitted anew. */
const fitEvery = 5;

/** What was given since the page was opened, the last one last: what can be taken back. */
let given: ValuedImages[] = [];

/** Images that had a value at the last fit. */
let fittedAt = 0;

/** The images that a value is asked of: those that are selected, or the one that the server chose. */
export function askedImages(): readonly number[] {
  const selected = selection.value;
  if (selected.length > 0 && selected !== leftSelection.value) return selected;
  const image = valued.value?.image ?? null;
  return image === null ? [] : [image.index];
}

/** Asks for the image that is given a value next. */
export const followValues: () => () => void = asksNext({
  ask: () => {
    fittedAt = -fitEvery;
    return source().labels!.nextImage(asked());
  },
  forget: () => {
    valued.value = null;
    given = [];
  },
  show,
  refusal: valuesRefusal,
});

/** How many images have a value that others have, too: what can teach. */
export function teaching({ values }: ValuesAnswer): { readonly images: number; values: number } {
  const shared = values.filter(({ images }) => images > 1);
  return { images: shared.reduce((sum, { images }) => sum + images, 0), values: shared.length };
}

function show(found: ValuesAnswer): void {
  valued.value = found;
  const { images, values } = teaching(found);
  if (images < fewestValued || values < 2) {
    taught.value = null;
    fittedAt = -fitEvery;
  } else if (Math.abs(found.images - fittedAt) >= fitEvery) {
    fittedAt = found.images;
    teach();
  }
}

/** Gives the images that are asked about a value. */
export async function give(text: string): Promise<void> {
  const images = askedImages();
  if (valued.value === null || images.length === 0 || isBusy() || annotator.value === "") return;
  const isSelection = images === selection.peek();
  const value = sameValue(text.trim());
  if (value === "") return;
  const one: ValuedImages = { images, at: new Date().toISOString() };
  if (!await keepOne(() => source().labels!.give({ ...asked(), ...one, value }), show)) return;
  given.push(one);
  if (isSelection && selection.peek() === images) selection.value = [];
}

/** A value that is there already, where the text differs only in case: "Flat" is "flat". */
function sameValue(text: string): string {
  const plain = (value: string) => value.normalize().toLowerCase();
  const there = valued.peek()?.values.find(({ value }) => plain(value) === plain(text));
  return there?.value ?? text;
}

/** Gives the value with a number, as the keys 1 to 9 do. */
export function giveNumber(number: number): void {
  const value = valued.value?.values[number - 1];
  if (value !== undefined) give(value.value);
}

/** Asks about another image, or leaves the selection alone. */
export async function skip(): Promise<void> {
  if (isBusy() || valued.value === null) return;
  if (askedImages() === selection.peek()) {
    leftSelection.value = selection.peek();
    return;
  }
  const image = valued.value.image?.index;
  if (image === undefined) return;
  await source().labels!.skip({ ...asked(), image }).then(show, report);
}

/** Takes back what was given last, and asks about it again. */
export async function takeBackValue(): Promise<void> {
  if (valued.value === null || isBusy() || !valued.value.isOwn) return;
  const last = given.at(-1) ?? null;
  const undo = { ...asked(), given: last };
  if (!await keepOne(() => source().labels!.undoValue(undo), show)) return;
  given.pop();
  // What was given together is asked about together again.
  if (last !== null && last.images.length > 1) selection.value = last.images;
}
