import { type Batch, type BatchSource, EpochBatches, type EpochOptions } from "./batches.ts";
import type { Triplets } from "../../sets/triplets.ts";

/**
 * The batches of one epoch, each of a single notion, as specialists learn from them: each notion's
 * triplets are cut as `EpochBatches` cuts them, and the notions take turns.
 */
export class NotionBatches implements BatchSource {
  /** Number of batches. */
  readonly length: number;
  readonly #turns: readonly { readonly batches: EpochBatches; readonly index: number }[];

  /** Puts each notion's triplets in the order of the epoch. */
  constructor(triplets: Triplets, options: EpochOptions) {
    const turns = triplets.notions.flatMap((_, row) => {
      const batches = new EpochBatches(ofNotion(triplets, row), options);
      return Array.from({ length: batches.length }, (_, index) => ({ batches, index }));
    });
    // A stable sort: within a turn the notions keep their order.
    this.#turns = turns.sort((a, b) => a.index - b.index);
    this.length = this.#turns.length;
  }

  /** Batch number `index`, which is below `length`. */
  at(index: number): Batch {
    const { batches, index: turn } = this.#turns[index];
    return { ...batches.at(turn), index };
  }
}

function ofNotion(
  { images, notion }: Triplets,
  row: number,
): Pick<Triplets, "images" | "notion"> {
  const places = [...notion.keys()].filter((place) => notion[place] === row);
  return {
    images: Uint32Array.from(
      { length: 3 * places.length },
      (_, i) => images[3 * places[Math.floor(i / 3)] + i % 3],
    ),
    notion: new Uint8Array(places.length).fill(row),
  };
}
