import { CsnError } from "../../base/errors.ts";
import { type Attribute, isKnown } from "../attribute.ts";
import type { Split } from "../image_set.ts";
import { compareDistance } from "./notions/distance.ts";

/** With fewer no shares leave three images, which a triplet needs, for each split. */
export const fewestImages = 9;

/**
 * The error for a notion that gives no triplet in a split: what its images lack, and what would
 * help.
 */
export function noTriplet(
  table: string,
  notion: string,
  split: Split,
  attribute: Attribute,
  images: Uint32Array,
): CsnError {
  const known = Array.from(images).filter((image) => isKnown(attribute, image));
  return new CsnError(
    `Cannot draw triplets of the notion ${notion} for ${split} from ${table}: of its ${images.length} images ${known.length} have a value, ${
      whatLacks(attribute, known, split)
    }`,
  );
}

function whatLacks(attribute: Attribute, known: readonly number[], split: Split): string {
  const more = attribute.values.length < fewestImages
    ? `add images: each split needs three, that is ${fewestImages} in all`
    : `add images, or give ${split} a larger share (\`shares\`)`;
  if (known.length < 3) return `and a triplet needs three; ${more}`;
  if (attribute.kind === "ordinal") {
    const numbers = known.map((image) => attribute.values[image]);
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    if (compareDistance(low, high, attribute.unlike) < 0) {
      return `and no two of them are unlike: they are from ${low} to ${high} of steps, bins or the column's unit, and "unlike" is ${attribute.unlike}; lower it in \`rules\``;
    }
  }
  if (attribute.kind === "categorical" && countDifferent(attribute.values, known) === 1) {
    return `all the same, "${attribute.values[known[0]]}"; ${more}, or leave the notion out`;
  }
  if (
    attribute.kind === "categorical" && countDifferent(attribute.values, known) === known.length
  ) {
    return `each another, so that no two are alike; ${more}`;
  }
  return `and no three of them are one, another that is like it and another that is unlike it; ${more}, or change the rule`;
}

function countDifferent(values: readonly string[], images: readonly number[]): number {
  return new Set(images.map((image) => values[image])).size;
}
