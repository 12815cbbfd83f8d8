import { MaskedVectors } from "../statistics/masked_vectors.ts";
import type { EmbeddedSplit } from "./embedded_split.ts";

/** The triplets of one notion, measured under its mask. */
export interface ScoredTriplets {
  /** The notion. */
  readonly notion: string;
  /** [3 m] indices of the set: anchor, far, near. */
  readonly images: Uint32Array;
  /** [m]: distance from anchor to far. */
  readonly far: Float64Array;
  /** [m]: distance from anchor to near. */
  readonly near: Float64Array;
}

/** Measures the triplets of each notion under its mask. */
export function scoreTriplets(split: EmbeddedSplit): ScoredTriplets[] {
  const { triplets, positions, vectors, masks } = split;
  return split.notions.map((notion, row) => {
    const first = triplets.notion.indexOf(row);
    const count = triplets.perNotion[row].triplets;
    const rows = positions.subarray(3 * first, 3 * (first + count));
    const masked = new MaskedVectors(vectors, masks[row]);
    const distance = (role: number) =>
      Float64Array.from(
        { length: count },
        (_, i) => Math.sqrt(masked.squaredDistance(rows[3 * i], rows[3 * i + role])),
      );
    return {
      notion,
      images: triplets.images.subarray(3 * first, 3 * (first + count)),
      far: distance(1),
      near: distance(2),
    };
  });
}

/** [m]: 1 for each triplet in the right order; a tie counts as wrong, as in testing. */
export function rightTriplets({ far, near }: ScoredTriplets): Uint8Array {
  return Uint8Array.from(far, (distance, i) => distance > near[i] ? 1 : 0);
}
