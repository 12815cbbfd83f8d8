import { EventLoopTurns } from "../../base/event_loop.ts";
import { shuffled, streamFor } from "../../base/random.ts";
import type { Batch, BatchSource, EpochOptions } from "./batches.ts";
import { imageFlips } from "./image_flips.ts";
import type { Triplets } from "../../sets/triplets.ts";

/**
 * An epoch in which triplets that share images share a batch, and each distinct image of a batch is
 * embedded once. A batch has at most as many images as `batchSize` triplets without a common one, 3
 * batchSize; every triplet of the lists is in one batch of the epoch.
 *
 * Packed greedily: a batch begins with the next triplet of the epoch's random order, and takes in
 * those of which it has two or three images already before those of which it has one, and these
 * before others.
 */
export class DenseListBatches implements BatchSource {
  readonly length: number;
  readonly #triplets: Triplets;
  readonly #options: EpochOptions;
  readonly #batches: readonly Uint32Array[];

  private constructor(
    triplets: Triplets,
    options: EpochOptions,
    batches: readonly Uint32Array[],
  ) {
    this.#triplets = triplets;
    this.#options = options;
    this.#batches = batches;
    this.length = batches.length;
  }

  /** Packs the whole epoch; the event loop turns meanwhile. */
  static async pack(triplets: Triplets, options: EpochOptions): Promise<DenseListBatches> {
    const count = triplets.notion.length;
    const order = options.shuffle
      ? shuffled(count, options.seed, streamFor("order", options.epoch))
      : Uint32Array.from({ length: count }, (_, i) => i);
    const batches = await packed(triplets.images, order, 3 * options.batchSize);
    return new DenseListBatches(triplets, options, batches);
  }

  at(index: number): Batch {
    const triplets = this.#batches[index];
    const size = triplets.length;
    const position = new Map<number, number>();
    const positions = new Uint32Array(3 * size);
    triplets.forEach((triplet, i) => {
      for (let role = 0; role < 3; role++) {
        const image = this.#triplets.images[3 * triplet + role];
        if (!position.has(image)) position.set(image, position.size);
        positions[role * size + i] = position.get(image)!;
      }
    });
    const images = Uint32Array.from(position.keys());
    const notion = Uint8Array.from(triplets, (triplet) => this.#triplets.notion[triplet]);
    return { index, size, images, notion, flips: imageFlips(images, this.#options), positions };
  }
}

/** The triplets of each batch. */
async function packed(
  images: Uint32Array,
  order: Uint32Array,
  capacity: number,
): Promise<Uint32Array[]> {
  const { start, triplets } = tripletsOfImages(images, order);
  const isTaken = new Uint8Array(order.length);
  const batches: Uint32Array[] = [];
  const turns = new EventLoopTurns();
  let next = 0;
  while (true) {
    await turns.pass();
    while (next < order.length && isTaken[order[next]]) next += 1;
    if (next === order.length) return batches;
    const batch = new PackingBatch(images, start, triplets, isTaken, capacity);
    for (let at = next; at < order.length && batch.hasRoom; at++) {
      if (!isTaken[order[at]]) batch.take(order[at]);
      batch.takeSharing();
    }
    batches.push(Uint32Array.from(batch.taken));
  }
}

/**
 * The triplets of each image, in the epoch's order: those from start[image] to start[image + 1].
 */
function tripletsOfImages(images: Uint32Array, order: Uint32Array) {
  const most = images.reduce((most, image) => Math.max(most, image), 0);
  const start = new Uint32Array(most + 2);
  for (const image of images) start[image + 1] += 1;
  for (let image = 0; image <= most; image++) start[image + 1] += start[image];
  const at = start.slice();
  const triplets = new Uint32Array(images.length);
  for (const triplet of order) {
    for (let role = 0; role < 3; role++) triplets[at[images[3 * triplet + role]]++] = triplet;
  }
  return { start, triplets };
}

/** A batch that is being filled. */
class PackingBatch {
  readonly taken: number[] = [];
  readonly #has = new Set<number>();
  /** How many images of a triplet it has, of those that share any. */
  readonly #shared = new Map<number, number>();
  /**
   * Triplets by how many images they share, in the order in which they came to; some are there
   * twice.
   */
  readonly #waiting: number[][] = [[], [], [], []];
  readonly #next = [0, 0, 0, 0];

  constructor(
    readonly images: Uint32Array,
    readonly start: Uint32Array,
    readonly triplets: Uint32Array,
    readonly isTaken: Uint8Array,
    readonly capacity: number,
  ) {}

  /** Whether any triplet fits, however many images it brings. */
  get hasRoom(): boolean {
    return this.#has.size + 3 <= this.capacity;
  }

  take(triplet: number): void {
    this.isTaken[triplet] = 1;
    this.taken.push(triplet);
    for (let role = 0; role < 3; role++) this.#add(this.images[3 * triplet + role]);
  }

  /** Takes what shares images, most first, for as long as it fits. */
  takeSharing(): void {
    for (let triplet = this.#best(); triplet !== undefined; triplet = this.#best()) {
      this.take(triplet);
    }
  }

  #best(): number | undefined {
    for (let shared = 3; shared >= 1; shared--) {
      if (this.#has.size + 3 - shared > this.capacity) return undefined;
      const list = this.#waiting[shared];
      while (this.#next[shared] < list.length) {
        const triplet = list[this.#next[shared]++];
        if (!this.isTaken[triplet] && this.#shared.get(triplet) === shared) return triplet;
      }
    }
    return undefined;
  }

  #add(image: number): void {
    if (this.#has.has(image)) return;
    this.#has.add(image);
    for (let at = this.start[image]; at < this.start[image + 1]; at++) {
      const triplet = this.triplets[at];
      if (this.isTaken[triplet]) continue;
      const shared = (this.#shared.get(triplet) ?? 0) + 1;
      this.#shared.set(triplet, shared);
      this.#waiting[Math.min(shared, 3)].push(triplet);
    }
  }
}
