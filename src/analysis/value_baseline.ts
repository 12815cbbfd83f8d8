import { meanOf } from "../statistics/mean.ts";
import { type Attribute, isKnown } from "../sets/attribute.ts";
import { distance } from "../sets/make/notions/distance.ts";
import { likeness } from "../sets/make/notions/likeness.ts";

/**
 * The share of `triplets` [3 m] (anchor, far, near) in the wrong order by true values of an
 * attribute, a tie counting half: 0.5 where the attribute has nothing to do with what the triplets
 * compare. Images are as far apart as their numbers, or 0 and 1 as they are alike and unlike.
 * Triplets with an image whose value is not known are left out; null where none is left.
 */
export function valueBaseline(triplets: Uint32Array, attribute: Attribute): number | null {
  const known = wrongByValues(triplets, attribute).filter((wrong) => !Number.isNaN(wrong));
  return known.length === 0 ? null : meanOf(known);
}

/**
 * [m]: 1 for each triplet that true values put in the wrong order, 0.5 for a tie, else 0; NaN where
 * a value is not known.
 */
export function wrongByValues(triplets: Uint32Array, attribute: Attribute): Float64Array {
  return Float64Array.from({ length: triplets.length / 3 }, (_, t) => {
    const [anchor, far, near] = triplets.subarray(3 * t, 3 * t + 3);
    if (![anchor, far, near].every((image) => isKnown(attribute, image))) return NaN;
    const [toFar, toNear] = [far, near].map((image) => apart(attribute, anchor, image));
    return toNear > toFar ? 1 : toNear === toFar ? 0.5 : 0;
  });
}

function apart(attribute: Attribute, a: number, b: number): number {
  if (attribute.kind === "ordinal") return distance(attribute.values[a], attribute.values[b]);
  return likeness(attribute, a, b) === "alike" ? 0 : 1;
}
