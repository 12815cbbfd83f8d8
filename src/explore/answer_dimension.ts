import { dimensionEnds } from "./dimension_ends.ts";
import type { ExploredImages } from "./explored_images.ts";
import { imageInfo } from "./image_values.ts";
import type { DimensionAnswer } from "./protocol.ts";

/** Steps of a dimension's histogram. */
const bins = 32;

/** The `count` images at each end of a dimension. */
export function answerDimension(
  explored: ExploredImages,
  dimension: number,
  count: number,
): DimensionAnswer {
  const { low, high, ...spread } = dimensionEnds(explored.embeddings, dimension, { count, bins });
  const shown = ({ index, value }: { readonly index: number; readonly value: number }) => ({
    ...imageInfo(explored, index),
    value,
  });
  return { low: low.map(shown), high: high.map(shown), ...spread };
}
