import type { MeanEstimate } from "../statistics/estimate_mean.ts";
import { estimateMean } from "../statistics/estimate_mean.ts";
import type { TestUnits } from "../statistics/test_units.ts";
import { TripletParts } from "../statistics/triplet_parts.ts";
import type { EmbeddedSplit } from "./embedded_split.ts";
import { rightTriplets, type ScoredTriplets } from "./scored_triplets.ts";

/** Shares of triplets in the right order, 0 to 1, with 95 % intervals over other images. */
export interface Accuracy {
  /** Of all triplets. */
  readonly all: MeanEstimate;
  /** Of each notion's, in the order of the model's notions. */
  readonly notions: readonly MeanEstimate[];
  /** What other data would have others of. */
  readonly units: TestUnits;
}

/** Accuracy of each notion and in all. */
export function splitAccuracy(
  { notions, groups }: Pick<EmbeddedSplit, "notions" | "groups">,
  scored: readonly ScoredTriplets[],
): Accuracy {
  const parts = new TripletParts({
    images: Uint32Array.from(scored.flatMap(({ images }) => [...images])),
    notion: Uint8Array.from(
      scored.flatMap(({ far }, row) => new Array<number>(far.length).fill(row)),
    ),
    notions,
    groups: groups ?? undefined,
  });
  const right = Float64Array.from(scored.flatMap((each) => [...rightTriplets(each)]));
  const [all, ...each] = parts.samples([right], true).map(estimateMean);
  return { all, notions: each, units: parts.units };
}
