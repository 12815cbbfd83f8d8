import type { Attribute } from "../attribute.ts";
import { likeness } from "../make/notions/likeness.ts";

/** Triplets that say something else than the values of their images. */
export interface ValueContradictions {
  /** Places of the triplets in their list, ascending. */
  readonly places: readonly number[];
  /** How many of them would agree with the values if far and near were exchanged. */
  readonly exchanged: number;
}

/**
 * The triplets of [3 n] image indices (anchor, far, near) that contradict an attribute: whose near
 * image is unlike the anchor, whose far image is alike, or whose near image is the farther one by
 * an order. What is not known, or neither alike nor unlike, contradicts nothing.
 */
export function valueContradictions(
  attribute: Attribute,
  triplets: Uint32Array,
): ValueContradictions {
  const places: number[] = [];
  let exchanged = 0;
  for (let at = 0; at < triplets.length; at += 3) {
    const [anchor, far, near] = [triplets[at], triplets[at + 1], triplets[at + 2]];
    const [ofFar, ofNear] = [far, near].map((image) => likeness(attribute, anchor, image));
    const isWrong = ofNear === "unlike" || ofFar === "alike" ||
      attribute.kind === "ordinal" && isFarther(attribute.values, anchor, near, far);
    if (!isWrong) continue;
    places.push(at / 3);
    if (ofNear === "unlike" && ofFar === "alike") exchanged++;
  }
  return { places, exchanged };
}

/**
 * Whether `a` is farther from the anchor than `b`, rounding apart; a value that is not known is no
 * number.
 */
function isFarther(values: ArrayLike<number>, anchor: number, a: number, b: number): boolean {
  const distance = (image: number) => Math.abs(values[anchor] - values[image]);
  return distance(a) > distance(b) * (1 + 1e-9);
}

/**
 * Whether nearly all contradictions would be none with far and near exchanged, and most triplets
 * are such.
 */
export function areExchanged(
  { places, exchanged }: ValueContradictions,
  triplets: number,
): boolean {
  return exchanged > 0.9 * places.length && exchanged > triplets / 2;
}
