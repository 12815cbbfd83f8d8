import { fewestImages } from "./estimate_mean.ts";

/** What intervals take to be drawn at random besides runs. */
export interface TestUnits {
  /** Images, or groups of images that were kept together. */
  readonly kind: "images" | "groups";
  /** How many the test triplets hold. */
  readonly count: number;
}

/**
 * Below these an interval can be more than a fifth longer than one by the true variances (measured
 * by `deno task coverage`).
 */
const few = { images: 45, groups: 15 } as const;

/** A warning of intervals over few images or groups; null where there are enough. */
export function fewUnits({ kind, count }: TestUnits): string | null {
  if (count >= few[kind]) return null;
  return count < fewestImages
    ? `Mind that the test triplets hold ${count} ${kind}: fewer than ${fewestImages} say nothing of others, and no interval can be had.`
    : `Mind that the test triplets hold ${count} ${kind}: with fewer than ${
      few[kind]
    } an interval is rough, and up to a half longer than it need be.`;
}
