import type { Estimate } from "../statistics/estimate.ts";
import { estimateMeans } from "../statistics/cluster_bootstrap.ts";
import { SharedImages } from "../statistics/shared_images.ts";
import { rightTriplets, type ScoredTriplets } from "./scored_triplets.ts";

/** Shares of triplets in the right order, 0 to 1. */
export interface Accuracy {
  /** Of all triplets. */
  readonly all: Estimate;
  /** Of each notion's, in the order of the model's notions. */
  readonly notions: readonly Estimate[];
}

/** Accuracy of each notion and in all, with intervals by a bootstrap clustered over images. */
export function testAccuracy(scored: readonly ScoredTriplets[], seed: number): Accuracy {
  const parts = scored.map((each) => ({
    values: rightTriplets(each),
    images: each.images,
  }));
  const all = {
    values: Uint8Array.from(parts.flatMap(({ values }) => [...values])),
    images: Uint32Array.from(parts.flatMap(({ images }) => [...images])),
  };
  const [ofAll, ...notions] = estimateMeans(
    [all, ...parts].map(({ values, images }) => ({
      values,
      shared: new SharedImages(images),
      isShare: true,
    })),
    { seed },
  );
  return { all: ofAll, notions };
}
