/** Images and values by what they are called. */
import { EventLoopTurns } from "../base/event_loop.ts";
import type { ExploredImages } from "./explored_images.ts";
import type { FoundAnswer, FoundValue } from "./protocol.ts";

/** How well a name fits: its last part is the text, begins with it, or the text is somewhere. */
type Fit = 0 | 1 | 2;

/** The value of each column and of how many images it is. */
export type ValueCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * Images whose names hold `text`, however it is capitalised, and values that do; at most `limit` of
 * each, the best first. "#17" is image 17.
 */
export async function findImages(
  explored: ExploredImages,
  counts: ValueCounts,
  text: string,
  limit: number,
): Promise<FoundAnswer> {
  const { names } = explored.embeddings;
  const number = /^#(\d+)$/.exec(text);
  if (number !== null) {
    const index = Number(number[1]);
    const images = index < names.length ? [{ index, name: names[index] }] : [];
    return { images, values: [], total: images.length };
  }
  const sought = text.toLowerCase();
  const fits: Record<Fit, number[]> = { 0: [], 1: [], 2: [] };
  const turns = new EventLoopTurns();
  let total = 0;
  for (let index = 0; index < names.length; index++) {
    if (index % 10_000 === 0) await turns.pass();
    const fit = fitOf(names[index].toLowerCase(), sought);
    if (fit === null) continue;
    total++;
    if (fits[fit].length < limit) fits[fit].push(index);
  }
  const images = [...fits[0], ...fits[1], ...fits[2]].slice(0, limit)
    .map((index) => ({ index, name: names[index] }));
  return { images, values: valuesWith(counts, sought, limit), total };
}

/** Null for a name that does not hold the text. */
function fitOf(name: string, sought: string): Fit | null {
  const at = name.indexOf(sought);
  if (at === -1) return null;
  const last = name.slice(name.lastIndexOf("/") + 1);
  if (last === sought || last.replace(/\.[^.]*$/, "") === sought) return 0;
  return last.startsWith(sought) ? 1 : 2;
}

/** Values that hold the text, those of most images first; a column's name stands for all of its values. */
function valuesWith(counts: ValueCounts, sought: string, limit: number): FoundValue[] {
  const found = [...counts].flatMap(([column, values]) =>
    [...values]
      .filter(([value]) => `${column}=${value}`.toLowerCase().includes(sought))
      .map(([value, images]): FoundValue => ({
        ...{ column, value, images },
        where: `${conditionText(column)}=${conditionText(value)}`,
      }))
  );
  const isValue = ({ value }: FoundValue) => Number(value.toLowerCase().includes(sought));
  return found.sort((a, b) => isValue(b) - isValue(a) || b.images - a.images).slice(0, limit);
}

/** How many images have each value. */
export function countValues({ columns }: ExploredImages): ValueCounts {
  const counts = new Map<string, Map<string, number>>();
  for (const [column, cells] of columns ?? []) {
    const ofColumn = new Map<string, number>();
    for (const values of cells) {
      for (const value of values) ofColumn.set(value, (ofColumn.get(value) ?? 0) + 1);
    }
    counts.set(column, ofColumn);
  }
  return counts;
}

/** A column or value as `parseCondition` reads it. */
function conditionText(text: string): string {
  return /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]*[\p{L}\p{N}])?$/u.test(text)
    ? text
    : JSON.stringify(text);
}
