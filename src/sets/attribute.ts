/** What one notion says of every image of a set; the position is the image's index. */
export type Attribute = OrderedAttribute | MultiAttribute;

/** An attribute of which an image has one value. */
export type OrderedAttribute = CategoricalAttribute | OrdinalAttribute;

/** Two images are alike when their values are the same text, else unlike. */
export interface CategoricalAttribute {
  /** Which kind of attribute it is. */
  readonly kind: "categorical";
  /** An empty text: not known, so the image is in no triplet of this notion. */
  readonly values: readonly string[];
}

/**
 * Two images are alike or unlike by how far their numbers are apart; those between are not
 * compared.
 */
export interface OrdinalAttribute {
  /** Which kind of attribute it is. */
  readonly kind: "ordinal";
  /** NaN: not known, so the image is in no triplet of this notion. */
  readonly values: readonly number[];
  /** Alike when at most this far apart; 0 or more. */
  readonly alike: number;
  /** Unlike when at least this far apart; more than `alike`. */
  readonly unlike: number;
}

/** Two images are alike when they share a value, else unlike. */
export interface MultiAttribute {
  /** Which kind of attribute it is. */
  readonly kind: "multi";
  /**
   * Each image's values, none twice; none at all: not known, so the image is in no triplet of this
   * notion.
   */
  readonly values: readonly (readonly string[])[];
}

/** Whether an attribute says anything of an image. */
export function isKnown(attribute: Attribute, image: number): boolean {
  const value = attribute.values[image];
  return typeof value === "number" ? !Number.isNaN(value) : value.length > 0;
}

/**
 * How triplets are drawn: with each value as often as the others, or each triplet with the same
 * chance.
 */
export type Sampling = "balanced" | "uniform";

/** The ways to draw. */
export const samplings = ["balanced", "uniform"] as const satisfies readonly Sampling[];
