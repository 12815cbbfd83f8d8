import { CsnError } from "../errors.ts";
import { randomBelow, shuffled, streamFor } from "../random.ts";
import type { Batch, BatchSource, EpochOptions } from "./batches.ts";
import type { Attribute } from "./draw_triplets.ts";
import { imageFlips } from "./image_flips.ts";
import { likeness } from "./notions/likeness.ts";

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
    this.#attributes.forEach((attribute, row) => {
      // An image's own random numbers, so that a batch does not depend on those before.
      const stream = streamFor("dense", this.#options.epoch);
      images.forEach((image, anchor) => {
        const near: number[] = [];
        const far: number[] = [];
        images.forEach((other, place) => {
          if (place === anchor) return;
          const how = likeness(attribute, image, other);
          if (how === "alike") near.push(place);
          if (how === "unlike") far.push(place);
        });
        if (near.length === 0 || far.length === 0) return;
        for (let draw = 0; draw < tripletsPerAnchor; draw++) {
          const at = 2 * ((image * this.#attributes.length + row) * tripletsPerAnchor + draw);
          rows[0].push(anchor);
          rows[1].push(far[randomBelow(this.#options.seed, stream, at, far.length)]);
          rows[2].push(near[randomBelow(this.#options.seed, stream, at + 1, near.length)]);
          notion.push(row);
        }
      });
    });
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
}

function noTriplet(images: number): CsnError {
  return new CsnError(
    `Cannot form a triplet among the ${images} images of a batch: no two of them are alike by any notion; raise --batch-size, or pass --sampler triplets`,
  );
}
