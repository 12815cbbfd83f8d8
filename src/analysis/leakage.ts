import type { Estimate } from "../statistics/estimate.ts";
import { estimateMean } from "../statistics/estimate_mean.ts";
import { ImageVariance } from "../statistics/image_variance.ts";
import { meanOf } from "../statistics/mean.ts";
import { SharedImages } from "../statistics/shared_images.ts";
import { wrongTriplets } from "../statistics/triplet_error.ts";
import type { EmbeddedSplit } from "./embedded_split.ts";
import type { Leakage } from "./model_analysis.ts";
import { wrongByValues } from "./value_baseline.ts";

/** What a split says of the triplets of one notion. */
interface NotionRow {
  /** [3 m] indices of the set. */
  readonly images: Uint32Array;
  /** [column][m]: 1 where a mask orders a triplet wrongly. */
  readonly wrong: readonly Float64Array[];
}

/**
 * The leakage matrix with its intervals and baseline: how each notion's triplets (rows of the
 * split's vectors) are ordered under every mask, and by true values.
 */
export function leakageOf(split: EmbeddedSplit, triplets: readonly Uint32Array[]): Leakage {
  const { vectors, images, notions, masks, dimension, groups, values } = split;
  const columns = [...masks, new Float32Array(dimension).fill(1)];
  const rows = triplets.map((each): NotionRow => ({
    images: each.map((row) => images[row]),
    wrong: columns.map((mask) => wrongTriplets(vectors, mask, each)),
  }));
  const byValues = values === null ? null : rows.map(({ images }) =>
    notions.map((notion) => {
      const attribute = values.attributes.get(notion);
      return attribute === undefined ? null : wrongByValues(images, attribute);
    })
  );
  return {
    columns: [...notions, "no mask"],
    error: rows.map(({ wrong }) => wrong.map(meanOf)),
    intervals: rows.map(({ images, wrong }) => {
      const shared = varianceOf(images, groups);
      return wrong.map((run) => ends(estimateMean({ runs: [run], images: shared, isShare: true })));
    }),
    baseline: byValues && byValues.map((row) => row.map((each) => each && meanOfKnown(each))),
    excess: byValues &&
      byValues.map((row, of) =>
        row.map((each, by) => each && excessOf(rows[of], each, rows[of].wrong[by], groups))
      ),
  };
}

/** The baseline less the error, of triplets whose values are known. */
function excessOf(
  { images }: NotionRow,
  byValues: Float64Array,
  wrong: Float64Array,
  groups: EmbeddedSplit["groups"],
): Estimate | null {
  const known = Array.from(byValues.keys()).filter((t) => !Number.isNaN(byValues[t]));
  if (known.length === 0) return null;
  const members = Uint32Array.from(known.flatMap((t) => [...images.subarray(3 * t, 3 * t + 3)]));
  const { value, low, high } = estimateMean({
    runs: [known.map((t) => byValues[t] - wrong[t])],
    images: varianceOf(members, groups),
  });
  return { value, low: Math.max(-1, low), high: Math.min(1, high) };
}

function varianceOf(images: Uint32Array, groups: EmbeddedSplit["groups"]): ImageVariance {
  return new ImageVariance(
    new SharedImages(groups === null ? images : images.map((image) => groups[image])),
  );
}

function meanOfKnown(values: Float64Array): number | null {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? null : meanOf(known);
}

function ends({ low, high }: Estimate): { low: number; high: number } {
  return { low, high };
}
