/** Triplets that the embeddings put in the wrong order. */
import { EventLoopTurns } from "../base/event_loop.ts";
import { squaredDistance } from "../search/squared_distance.ts";
import type { Split } from "../sets/image_set.ts";
import { readTripletList, tripletListPath } from "../sets/triplet_list.ts";
import type { Explored } from "./explored.ts";
import { imageInfo } from "./image_values.ts";
import type { HardTripletInfo, HardTriplets } from "./protocol.ts";

/** A notion's triplets of a split, measured. */
export interface MeasuredTriplets {
  /** How many there are, and how many are in the wrong order. */
  readonly total: number;
  readonly wrong: number;
  /** The worst of those, the worst first, equally bad ones as they are listed. */
  readonly worst: readonly HardTriplet[];
}

/** A triplet in the wrong order. */
export interface HardTriplet {
  /** Its place in the list, from 0 on. */
  readonly place: number;
  /** Anchor, far, near. */
  readonly images: readonly [anchor: number, far: number, near: number];
  /** Distances from the anchor by the notion. */
  readonly far: number;
  readonly near: number;
}

/** So many of the worst triplets are known at most. */
export const mostWorst = 200;

/** Triplets that are measured before the server may answer others. */
const measuredAtOnce = 1000;

/** Triplet lists of a set, each measured once, when it is first asked for. */
export class MeasuredLists {
  readonly #explored: Explored;
  readonly #lists = new Map<string, Promise<MeasuredTriplets>>();

  /** Nothing is measured yet. */
  constructor(explored: Explored) {
    this.#explored = explored;
  }

  /** Throws a CsnError for a list that cannot be read; it is read again the next time. */
  of(notion: string, split: Split): Promise<MeasuredTriplets> {
    const key = `${split} ${notion}`;
    const found = this.#lists.getOrInsertComputed(
      key,
      () => measureTriplets(this.#explored, notion, split),
    );
    found.catch(() => this.#lists.delete(key));
    return found;
  }
}

/**
 * Measures a triplet list of the set, and lets the event loop turn meanwhile: lists may have a
 * million triplets, and others ask, too. Throws a CsnError for a list that cannot be read.
 */
export async function measureTriplets(
  { embeddings, set, model }: Pick<Explored, "embeddings" | "set" | "model">,
  notion: string,
  split: Split,
): Promise<MeasuredTriplets> {
  const path = tripletListPath(set!.folder, { notion, split });
  const list = await readTripletList(path, embeddings.names.length);
  const mask = model.mask(notion);
  const { vectors, dimension } = embeddings;
  const distance = (anchor: number, other: number) =>
    Math.sqrt(squaredDistance(embeddings.at(anchor), vectors, other * dimension, mask));
  const turns = new EventLoopTurns();
  const total = list.length / 3;
  const worst: HardTriplet[] = [];
  let wrong = 0;
  for (let place = 0; place < total; place++) {
    if (place % measuredAtOnce === 0) await turns.pass();
    const images = [list[3 * place], list[3 * place + 1], list[3 * place + 2]] as const;
    const [anchor, farImage, nearImage] = images;
    const [far, near] = [distance(anchor, farImage), distance(anchor, nearImage)];
    if (!(near >= far)) continue;
    wrong++;
    insert(worst, { place, images, far, near });
  }
  return { total, wrong, worst };
}

/** Inserts a triplet behind those that are as bad, and drops the last of too many. */
function insert(worst: HardTriplet[], triplet: HardTriplet): void {
  const by = wrongBy(triplet);
  if (worst.length === mostWorst && by <= wrongBy(worst[mostWorst - 1])) return;
  let [low, high] = [0, worst.length];
  while (low < high) {
    const middle = low + high >> 1;
    if (wrongBy(worst[middle]) >= by) low = middle + 1;
    else high = middle;
  }
  worst.splice(low, 0, triplet);
  if (worst.length > mostWorst) worst.pop();
}

function wrongBy({ near, far }: HardTriplet): number {
  return near - far;
}

/** The `count` worst, as the page shows them. */
export function hardTriplets(
  explored: Explored,
  { worst, wrong, total }: MeasuredTriplets,
  count: number,
): HardTriplets {
  const triplets = worst.slice(0, count).map(({ images, far, near }): HardTripletInfo => {
    const [anchor, farInfo, nearInfo] = images.map((image) => imageInfo(explored, image));
    return {
      ...{ anchor, far: farInfo, near: nearInfo },
      ...{ farDistance: far, nearDistance: near },
    };
  });
  return { triplets, wrong, total };
}
