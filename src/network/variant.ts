/**
 * The networks that the paper compares (Figure 6), and the reference code's third way to begin
 * masks.
 */
export const variants = ["standard", "specialists", "fixed", "learned", "prein"] as const;

/**
 * One of them. "standard": one embedding without masks for all notions. "specialists": a network of
 * its own for each notion. "fixed", "learned": a Conditional Similarity Network with fixed disjoint
 * or learned masks. "prein": learned masks that begin disjoint.
 */
export type Variant = typeof variants[number];

/** Whether a value is one of them. */
export function isVariant(value: unknown): value is Variant {
  return (variants as readonly unknown[]).includes(value);
}

/** Whether training changes the masks. */
export function learnsMasks(variant: Variant): boolean {
  return variant === "learned" || variant === "prein";
}
