/** How several processes share a batch of triplets. */
import { partOfRows } from "../distributed/part_of_rows.ts";
import type { Place } from "../distributed/place.ts";
import type { Batch } from "./batches/batches.ts";

/**
 * A rank's part of a batch of triplets that all ranks know. One that there is none for computes the
 * first triplet, which counts nothing: every rank's loss comes from the same parameters then.
 */
export function partOfBatch(batch: Batch, place: Pick<Place, "rank" | "world">): Batch {
  if (place.world === 1) return batch;
  const [from, to] = partOfRows(batch.size, place);
  return from === to
    ? { ...rowsOf(batch, 0, 1), share: 0 }
    : { ...rowsOf(batch, from, to), share: (to - from) / batch.size };
}

/** Triplets [from, to) of a batch that has three images of its own for each. */
function rowsOf({ index, size, images, flips, notion }: Batch, from: number, to: number): Batch {
  const own = to - from;
  const partImages = new Uint32Array(3 * own);
  const partFlips = new Uint8Array(3 * own);
  for (let role = 0; role < 3; role++) {
    const [start, end] = [role * size + from, role * size + to];
    partImages.set(images.subarray(start, end), role * own);
    partFlips.set(flips.subarray(start, end), role * own);
  }
  return {
    index,
    size: own,
    images: partImages,
    flips: partFlips,
    notion: notion.subarray(from, to),
  };
}
