import { EventLoopTurns } from "../../base/event_loop.ts";
import { randomBelow, shuffled, streamFor } from "../../base/random.ts";
import { batchLikeness } from "./batch_likeness.ts";
import type { Batch, BatchSource, EpochOptions } from "./batches.ts";
import type { Attribute } from "../../sets/attribute.ts";
import { imageFlips } from "./image_flips.ts";

/** Triplets that each image anchors by each notion; a choice, other numbers were not tried. */
export const tripletsPerAnchor = 8;

/** How an epoch over images is cut. */
export interface DenseValueOptions extends EpochOptions {
  /** Into how many batches. @default {as few as hold at most 3 batchSize images each} */
  readonly batches?: number;
}

/**
 * An epoch over images instead of triplets: each image once, in random order, at most 3 batchSize
 * of them in a batch, and triplets of all notions formed among the images of a batch, by their
 * values.
 */
export class DenseValueBatches implements BatchSource {
  readonly length: number;
  readonly #attributes: readonly Attribute[];
  readonly #options: EpochOptions;
  readonly #order: Uint32Array;

  /**
   * An epoch over `images` (indices into the attributes' values), compared by `attributes`, one a
   * notion.
   */
  constructor(images: Uint32Array, attributes: readonly Attribute[], options: DenseValueOptions) {
    this.#attributes = attributes;
    this.#options = options;
    const { batchSize, seed, epoch, shuffle } = options;
    // Batches of like size: a small last one would hold few triplets and poor batch statistics.
    this.length = options.batches ?? Math.max(1, Math.ceil(images.length / (3 * batchSize)));
    this.#order = shuffle
      ? shuffled(images.length, seed, streamFor("order", epoch)).map((place) => images[place])
      : images;
  }

  /**
   * Batch number `index`; null when no two of its images are alike, or none unlike, by any notion.
   */
  async at(index: number): Promise<Batch | null> {
    const count = this.#order.length;
    const [from, to] = [index, index + 1].map((i) => Math.floor(i * count / this.length));
    const images = this.#order.subarray(from, to);
    const turns = new EventLoopTurns();
    const drawn: DrawnInBatch[] = [];
    for (const row of this.#attributes.keys()) drawn.push(await this.#draw(images, row, turns));
    const size = drawn.reduce((sum, { anchors }) => sum + anchors.length * tripletsPerAnchor, 0);
    if (size === 0) return null;
    const positions = new Uint32Array(3 * size);
    const notion = new Uint8Array(size);
    let at = 0;
    for (const [row, { anchors, others }] of drawn.entries()) {
      for (const anchor of anchors) {
        for (let draw = 0; draw < tripletsPerAnchor; draw++, at++) {
          const place = 2 * (anchor * tripletsPerAnchor + draw);
          positions[at] = anchor;
          positions[size + at] = others[place];
          positions[2 * size + at] = others[place + 1];
          notion[at] = row;
        }
      }
    }
    return { index, size, images, notion, flips: imageFlips(images, this.#options), positions };
  }

  /** Draws the triplets of a notion. */
  async #draw(images: Uint32Array, row: number, turns: EventLoopTurns): Promise<DrawnInBatch> {
    const { seed, epoch } = this.#options;
    const stream = streamFor("dense", epoch);
    const others = new Uint32Array(2 * tripletsPerAnchor * images.length);
    const anchors: number[] = [];
    for (const { own, alike, unlike } of batchLikeness(this.#attributes[row], images)) {
      await turns.pass();
      // An anchor is alike to itself, and no near image of its own.
      if (alike.length < 2 || unlike.length === 0) continue;
      for (const anchor of own) {
        anchors.push(anchor);
        const itself = alike.indexOf(anchor);
        // An image's own random numbers, so that a batch does not depend on those before.
        const first = 2 * (images[anchor] * this.#attributes.length + row) * tripletsPerAnchor;
        for (let draw = 0; draw < 2 * tripletsPerAnchor; draw += 2) {
          const far = randomBelow(seed, stream, first + draw, unlike.length);
          const near = randomBelow(seed, stream, first + draw + 1, alike.length - 1);
          const place = 2 * anchor * tripletsPerAnchor + draw;
          others[place] = unlike[far];
          others[place + 1] = alike[near < itself ? near : near + 1];
        }
      }
    }
    return { anchors: Uint32Array.from(anchors).sort(), others };
  }
}

/** The triplets of one notion in a batch; numbers are places in it. */
interface DrawnInBatch {
  /** Images that anchor triplets, ascending. */
  readonly anchors: Uint32Array;
  /** Far and near image of each draw of each place: [n, tripletsPerAnchor, 2]. */
  readonly others: Uint32Array;
}
