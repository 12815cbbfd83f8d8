/** What maps are made of, as it comes from the source: signals that views read. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { MapInfo, MapsInfo, PointValues } from "../../protocol.ts";
import { explored, source } from "../explored.ts";
import { latest } from "../latest.ts";
import { connection, report } from "../source.ts";
import { where } from "../state.ts";

/** Which maps there are; null until it is known. */
export const maps: Signal<MapsInfo | null> = signal(null);

/** [points]: the image that each point is; null until it is known. */
export const points: Signal<Uint32Array | null> = signal(null);

/** By notion: where the points lie, as far as it came. */
export const layouts: Signal<ReadonlyMap<string, Float32Array>> = signal(new Map());

/** By column: the values of the points, as far as they were asked for and came. */
export const values: Signal<ReadonlyMap<string, PointValues>> = signal(new Map());

/** [points]: 1 for those that meet the conditions; null where there are none, or it is not known. */
export const kept: Signal<Uint8Array | null> = signal(null);

/** By image: its point. */
export const pointOf: ReadonlySignal<ReadonlyMap<number, number>> = computed(() =>
  new Map(Array.from(points.value ?? [], (image, point) => [image, point]))
);

/** Milliseconds between two questions how far maps are. */
const askAgainMs = 400;

/** Which stage of each layout was asked for. */
const asked = new Map<string, MapInfo["stage"]>();

/** Asks for maps, and for each of their layouts as it gets better, until they are all made. */
export function followMaps(): () => void {
  const stop = new AbortController();
  let timer: number | undefined;
  const ask = async () => {
    const info = await source().maps(stop.signal);
    if (points.value?.length !== info.points) points.value = await source().mapPoints(stop.signal);
    await Promise.all(info.maps.map(async ({ notion, stage }) => {
      if (stage === "waiting" || stage === "failed" || asked.get(notion) === stage) return;
      const layout = await source().mapLayout(notion, stop.signal);
      asked.set(notion, stage);
      layouts.value = new Map(layouts.value).set(notion, layout);
    }));
    maps.value = info;
    const isMaking = info.maps.some(({ stage }) => stage === "waiting" || stage === "plane");
    if (isMaking) timer = setTimeout(again, askAgainMs);
  };
  const again = () => void ask().catch(report);
  const end = effect(() => {
    // A server that was started again makes its maps anew.
    if (connection.value.comebacks > 0) asked.clear();
    explored.value;
    clearTimeout(timer);
    again();
  });
  return () => {
    end();
    clearTimeout(timer);
    stop.abort();
  };
}

const askKept = latest({
  ask: async (conditions: readonly string[]) =>
    conditions.length === 0 ? null : await source().mapKept(conditions),
  take: (found) => kept.value = found,
  fail: (error) => {
    kept.value = null;
    report(error);
  },
});

/** From now on it is known which points meet the conditions; until the returned function is called. */
export function followConditions(): () => void {
  return effect(() => {
    connection.value.comebacks;
    // Other points are asked for anew.
    points.value;
    askKept(where.value);
  });
}

const askedColumns = new Set<string>();

/** Asks for a column's values unless that was done. */
export function needValues(column: string): void {
  if (askedColumns.has(column)) return;
  askedColumns.add(column);
  source().mapValues(column).then((found) => {
    values.value = new Map(values.value).set(column, found);
  }, (error) => {
    askedColumns.delete(column);
    report(error);
  });
}
