import { CsnError } from "../errors.ts";
import { randomBelow, shuffled, streamFor } from "../random.ts";
import type { Batch, BatchSource, EpochOptions } from "./batches.ts";
import type { Attribute } from "./draw_triplets.ts";
import { imageFlips } from "./image_flips.ts";
import { type Likeness, likeness } from "./notions/likeness.ts";

/** Triplets that each image anchors by each notion; a choice, other numbers were not tried. */
export const tripletsPerAnchor = 8;

/**
 * An epoch over images instead of triplets: each image once, in random order, 3 batchSize of them in a batch,
 * and triplets of all notions formed among the images of a batch, by their values.
 */
export class DenseValueBatches implements BatchSource {
  readonly length: number;
  readonly #attributes: readonly Attribute[];
  readonly #options: EpochOptions;
  readonly #order: Uint32Array;

  /** An epoch over `images` (indices into the attributes' values), compared by `attributes`, one a notion. */
  constructor(images: Uint32Array, attributes: readonly Attribute[], options: EpochOptions) {
    this.#attributes = attributes;
    this.#options = options;
    const { batchSize, seed, epoch, shuffle } = options;
    // Batches of like size: a small last one would hold few triplets and poor batch statistics.
    this.length = Math.max(1, Math.round(images.length / (3 * batchSize)));
    this.#order = shuffle
      ? shuffled(images.length, seed, streamFor("order", epoch)).map((place) => images[place])
      : images;
  }

  at(index: number): Batch {
    const count = this.#order.length;
    const [from, to] = [index, index + 1].map((i) => Math.floor(i * count / this.length));
    const images = this.#order.subarray(from, to);
    const rows: number[][] = [[], [], []];
    const notion: number[] = [];
    for (const row of this.#attributes.keys()) {
      for (const anchor of images.keys()) {
        for (const [far, near] of this.#drawn(images, anchor, row)) {
          [anchor, far, near].forEach((place, role) => rows[role].push(place));
          notion.push(row);
        }
      }
    }
    if (notion.length === 0) throw noTriplet(images.length);
    return {
      index,
      size: notion.length,
      images,
      notion: Uint8Array.from(notion),
      flips: imageFlips(images, this.#options),
      positions: Uint32Array.from(rows.flat()),
    };
  }

  /** Places in `images` of the far and near images of the triplets that one of them anchors by a notion. */
  #drawn(images: Uint32Array, anchor: number, row: number): [far: number, near: number][] {
    const { seed, epoch } = this.#options;
    const attribute = this.#attributes[row];
    const places = (wanted: Likeness) =>
      [...images.keys()].filter((place) =>
        place !== anchor && likeness(attribute, images[anchor], images[place]) === wanted
      );
    const [near, far] = [places("alike"), places("unlike")];
    if (near.length === 0 || far.length === 0) return [];
    // An image's own random numbers, so that a batch does not depend on those before.
    const stream = streamFor("dense", epoch);
    const first = 2 * (images[anchor] * this.#attributes.length + row) * tripletsPerAnchor;
    return Array.from({ length: tripletsPerAnchor }, (_, draw) => [
      far[randomBelow(seed, stream, first + 2 * draw, far.length)],
      near[randomBelow(seed, stream, first + 2 * draw + 1, near.length)],
    ]);
  }
}

function noTriplet(images: number): CsnError {
  return new CsnError(
    `Cannot form a triplet among the ${images} images of a batch: no two of them are alike by any notion; raise --batch-size, or pass --sampler triplets`,
  );
}
