import type { Variant } from "../network/variant.ts";

/** The variants in the words that older files have for them, under "masks". */
const olderWords: Readonly<Record<string, Variant>> = {
  "none": "standard",
  "specialists": "specialists",
  "fixed": "fixed",
  "learned": "learned",
  "learned-prein": "prein",
};

/**
 * What a file says, with "variant" where an older csn wrote "masks"; a word that is unknown stays.
 */
export function withVariant(stored: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (!("masks" in stored) || "variant" in stored) return stored;
  const { masks, ...others } = stored;
  const variant = typeof masks === "string" && Object.hasOwn(olderWords, masks)
    ? olderWords[masks]
    : masks;
  return { ...others, variant };
}
