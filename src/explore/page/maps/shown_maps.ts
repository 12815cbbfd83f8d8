/** What the maps show now: which of them, in which colours, and which points are selected. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { explored } from "../explored.ts";
import { mapCamera, mapColour, mapMode, mapNotion, query, selection } from "../state.ts";
import { type Camera, cameraFor } from "./camera.ts";
import { type Colouring, colouringOf } from "./colouring.ts";
import { wordOf } from "./draw_dots.ts";
import { type StageLayout, stageLayout } from "./stage_layout.ts";
import { kept, layouts, maps, pointOf, values } from "./map_data.ts";

/** One map on the stage. */
export interface ShownMap {
  /** What distinguishes it from the others: its points move when its notion changes. */
  readonly slot: string;
  /** Its notion; "" is the unmasked embedding. */
  readonly notion: string;
}

/** The maps on the stage. */
export const shownMaps: ReadonlySignal<readonly ShownMap[]> = computed(() => {
  const notions = explored.value!.notions.map(({ name }) => name);
  if (mapMode.value === "one") {
    const notion = notions.includes(mapNotion.value) ? mapNotion.value : "";
    return [{ slot: "one", notion }];
  }
  return [...notions, ""].map((notion) => ({ slot: `of ${notion}`, notion }));
});

/** What a map is called. */
export function mapTitle(notion: string): string {
  return notion === "" ? "no mask" : notion;
}

/** The column by which the map of a notion is coloured; null for none. */
export function colourColumn(notion: string): string | null {
  const { columns, notions } = explored.value!;
  if (mapColour.value === "-") return null;
  if (mapColour.value !== "") {
    return columns.includes(mapColour.value.slice(1)) ? mapColour.value.slice(1) : null;
  }
  if (columns.includes(notion)) return notion;
  return notions.find(({ name }) => columns.includes(name))?.name ?? null;
}

/** A colouring, and the same as words of a raster. */
interface Coloured extends Colouring {
  readonly words: Uint32Array;
}

/** By column: colours, made once. */
const coloured: ReadonlySignal<ReadonlyMap<string, Coloured>> = computed(() =>
  new Map(Array.from(values.value, ([column, found]) => [column, withWords(found)]))
);

/** Where no values are known. */
const plain: ReadonlySignal<Coloured> = computed(() => withWords(null));

function withWords(found: Parameters<typeof colouringOf>[0]): Coloured {
  const colouring = colouringOf(found, maps.value?.points ?? 0);
  const words = new Map<string, number>();
  const wordOnce = (colour: string) =>
    words.get(colour) ?? words.set(colour, wordOf(colour)).get(colour)!;
  return { ...colouring, words: Uint32Array.from(colouring.colours, wordOnce) };
}

/** The colours of a column as far as they are known; null is one colour for all. */
export function colouredBy(column: string | null): Coloured {
  return (column === null ? undefined : coloured.value.get(column)) ?? plain.value;
}

/**
 * [points]: 1 for those that stand out, the others are faint: the selected ones, else those that
 * meet the conditions; null where all are alike.
 */
export const chosen: ReadonlySignal<Uint8Array | null> = computed(() => {
  const selected = selection.value.flatMap((image) => pointOf.value.get(image) ?? []);
  if (selected.length === 0) return kept.value;
  const flags = new Uint8Array(maps.value?.points ?? 0);
  for (const point of selected) flags[point] = 1;
  return flags;
});

/** The point of the query; null where there is none, or it is on no map. */
export const queryPoint: ReadonlySignal<number | null> = computed(() =>
  query.value === null ? null : pointOf.value.get(query.value) ?? null
);

/** The point under the pointer, or the one that keys came to; null where there is none. */
export const hovered: Signal<number | null> = signal(null);

/** The width of the stage and the height that there is for it, in CSS pixels. */
export const stageRoom: Signal<{ readonly width: number; readonly height: number }> = signal({
  width: 0,
  height: 0,
});

/** Where the maps lie on the stage. */
export const stage: ReadonlySignal<StageLayout> = computed(() =>
  stageLayout(shownMaps.value.length, stageRoom.value.width, stageRoom.value.height)
);

/** The camera that shows all. */
export const home: ReadonlySignal<Camera> = computed(() => {
  const { width, height } = stage.value.panes[0];
  const shown = shownMaps.value.flatMap(({ notion }) => layouts.value.get(notion) ?? []);
  return cameraFor(shown, width > 0 && height > 0 ? width / height : 1);
});

/** Where maps are looked at; the address follows when it rests. */
export const camera: Signal<Camera | null> = signal(null);

/** Milliseconds after which a camera rests: browsers allow few changes of an address. */
const restMs = 300;

let resting: number | undefined;

/** Looks elsewhere; null is all. */
export function lookAt(next: Camera | null): void {
  camera.value = next;
  clearTimeout(resting);
  resting = setTimeout(() => mapCamera.value = camera.value, restMs);
}
