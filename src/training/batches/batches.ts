import { randomUint32, shuffled, streamFor } from "../../base/random.ts";
import type { Triplets } from "../../sets/triplets.ts";

/** Some triplets to compute with at once. */
export interface Batch {
  /** Its place in the epoch, from 0 on. */
  readonly index: number;
  /** Triplets in it. */
  readonly size: number;
  /**
   * Image indices. Without `positions` [3 size]: first all anchors, then all far, then all near
   * images.
   */
  readonly images: Uint32Array;
  /** [size]: each triplet's row in the notions. */
  readonly notion: Uint8Array;
  /** As long as `images`: 1 where one is to be mirrored. */
  readonly flips: Uint8Array;
  /**
   * Of a dense batch, whose images are all different and are embedded at once: [3 size] places in
   * `images`, first of all anchors, then of all far, then of all near images.
   */
  readonly positions?: Uint32Array;
  /**
   * Where several processes share a batch and this is a part of it: what its triplets count of the
   * whole; 0 for one that is computed only because the process has none. @default {1}
   */
  readonly share?: number;
}

/** The batches of an epoch. */
export interface BatchSource {
  /** Number of batches. */
  readonly length: number;
  /** Batch number `index`, which is below `length`; null for one that holds no triplet. */
  at(index: number): Batch | null | Promise<Batch | null>;
}

/** How an epoch is cut into batches. */
export interface EpochOptions {
  /** Triplets in a batch; the last one may have fewer. */
  readonly batchSize: number;
  /** Decides the order and the flips. */
  readonly seed: number;
  /** Number of the epoch; each has an order and flips of its own. */
  readonly epoch: number;
  /** Whether triplets come in random order. */
  readonly shuffle: boolean;
  /** Whether images are mirrored, each with probability 1/2. */
  readonly flip: boolean;
}

/**
 * The batches of one epoch. A batch depends on the triplets, the options and its index alone, so an
 * epoch can be taken up again at any batch.
 *
 * @example Go through an epoch's batches in a loop of one's own
 * ```ts
 * import { loadTriplets, openImageSet } from "@csn/csn/sets";
 * import { EpochBatches } from "@csn/csn/train";
 *
 * const triplets = await loadTriplets(await openImageSet("data/mine"), "train", { seed: 1 });
 * const options = { seed: 1, epoch: 1, batchSize: 8, shuffle: true, flip: true };
 * const batches = new EpochBatches(triplets, options);
 * for (let index = 0; index < batches.length; index++) {
 *   const { size, images, notion } = batches.at(index);
 *   console.log(size, images.length, notion);
 * }
 * ```
 */
export class EpochBatches implements BatchSource {
  /** Number of batches. */
  readonly length: number;
  readonly #triplets: Pick<Triplets, "images" | "notion">;
  readonly #options: EpochOptions;
  readonly #order: Uint32Array;

  /** Puts the triplets in the order of the epoch. */
  constructor(triplets: Pick<Triplets, "images" | "notion">, options: EpochOptions) {
    const { batchSize, seed, epoch, shuffle } = options;
    const count = triplets.notion.length;
    this.length = Math.ceil(count / batchSize);
    this.#triplets = triplets;
    this.#options = options;
    this.#order = shuffle
      ? shuffled(count, seed, streamFor("order", epoch))
      : Uint32Array.from({ length: count }, (_, i) => i);
  }

  /** Batch number `index`, which is below `length`. */
  at(index: number): Batch {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(
        `Cannot take batch ${index}: the epoch has batches 0 to ${this.length - 1}`,
      );
    }
    const { batchSize } = this.#options;
    const rows = this.#order.subarray(index * batchSize, (index + 1) * batchSize);
    const size = rows.length;
    const images = new Uint32Array(3 * size);
    const flips = new Uint8Array(3 * size);
    rows.forEach((row, i) => {
      const mirrored = this.#flipsOf(row);
      for (let role = 0; role < 3; role++) {
        images[role * size + i] = this.#triplets.images[3 * row + role];
        flips[role * size + i] = (mirrored >>> role) & 1;
      }
    });
    const notion = Uint8Array.from(rows, (row) => this.#triplets.notion[row]);
    return { index, size, images, notion, flips };
  }

  /**
   * A bit for each role of a triplet: random bits are independent, so images are mirrored
   * independently.
   */
  #flipsOf(triplet: number): number {
    const { flip, seed, epoch } = this.#options;
    return flip ? randomUint32(seed, streamFor("flip", epoch), triplet) : 0;
  }
}
