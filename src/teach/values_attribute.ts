import type { CategoricalAttribute } from "../sets/attribute.ts";

/** A value that one image has teaches nothing: `add-notion` leaves it out, too. */
const fewestImages = 2;

/**
 * What given values say of `count` images: alike are those with the same value. Values that one
 * image has count as not known, as in a table.
 */
export function valuesAttribute(
  given: Iterable<{ readonly image: number; readonly value: string }>,
  count: number,
): CategoricalAttribute {
  const values = new Array<string>(count).fill("");
  const images = new Map<string, number>();
  for (const { image, value } of given) {
    values[image] = value;
    images.set(value, (images.get(value) ?? 0) + 1);
  }
  const isKept = (value: string) => (images.get(value) ?? 0) >= fewestImages;
  return { kind: "categorical", values: values.map((value) => isKept(value) ? value : "") };
}
