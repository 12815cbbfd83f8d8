/** Triplets that the embeddings put in the wrong order. */
import { worstPlaces } from "../report/hardest_triplets.ts";
import { squaredDistance } from "../search/squared_distance.ts";
import type { Split } from "../sets/image_set.ts";
import { readTripletList, tripletListPath } from "../sets/triplet_list.ts";
import type { Explored } from "./explored.ts";
import { imageInfo } from "./image_values.ts";
import type { HardTripletInfo, HardTriplets } from "./protocol.ts";

/** A notion's triplets of a split, measured. */
export interface MeasuredTriplets {
  /** [3 n]: anchor, far, near of each. */
  readonly images: Uint32Array;
  /** [n]: distances from the anchor by the notion. */
  readonly far: Float64Array;
  readonly near: Float64Array;
  /** Places of those in the wrong order, the worst first. */
  readonly worst: readonly number[];
}

/** Measures a triplet list of the set. Throws a CsnError for a list that cannot be read. */
export async function measureTriplets(
  { embeddings, set, model }: Explored,
  notion: string,
  split: Split,
): Promise<MeasuredTriplets> {
  const path = tripletListPath(set!.folder, { notion, split });
  const images = await readTripletList(path, embeddings.names.length);
  const mask = model.mask(notion);
  const { vectors, dimension } = embeddings;
  const distances = (role: number) =>
    Float64Array.from({ length: images.length / 3 }, (_, place) => {
      const [anchor, other] = [images[3 * place], images[3 * place + role]];
      const square = squaredDistance(embeddings.at(anchor), vectors, other * dimension, mask);
      return Math.sqrt(square);
    });
  const [far, near] = [distances(1), distances(2)];
  return { images, far, near, worst: worstPlaces({ far, near }) };
}

/** The `count` worst, as the page shows them. */
export function hardTriplets(
  explored: Explored,
  { images, far, near, worst }: MeasuredTriplets,
  count: number,
): HardTriplets {
  const triplets = worst.slice(0, count).map((place): HardTripletInfo => {
    const info = (role: number) => imageInfo(explored, images[3 * place + role]);
    return {
      ...{ anchor: info(0), far: info(1), near: info(2) },
      ...{ farDistance: far[place], nearDistance: near[place] },
    };
  });
  return { triplets, wrong: worst.length, total: far.length };
}
