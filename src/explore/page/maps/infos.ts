import { type Signal, signal } from "@preact/signals";
import type { ImageInfo } from "../../protocol.ts";
import { source } from "../explored.ts";
import { report } from "../source.ts";

/** By image: what is known of it, as far as it was asked for and came. */
export const infos: Signal<ReadonlyMap<number, ImageInfo>> = signal(new Map());

/** Images that were asked for, not to be asked for again. */
const asked = new Set<number>();

/** Images that are asked for together, when the task in hand is done. */
let wanted: number[] = [];

/** Asks for what is known of images, unless that was done. */
export function needInfos(images: Iterable<number>): void {
  const before = wanted.length;
  for (const image of images) {
    if (asked.has(image)) continue;
    asked.add(image);
    wanted.push(image);
  }
  if (before === 0 && wanted.length > 0) queueMicrotask(askWanted);
}

function askWanted(): void {
  const images = wanted;
  wanted = [];
  source().infos(images).then((found) => {
    const all = new Map(infos.value);
    for (const info of found) all.set(info.index, info);
    infos.value = all;
  }, (error) => {
    for (const image of images) asked.delete(image);
    report(error);
  });
}
