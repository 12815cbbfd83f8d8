import type { Masks } from "../search/mixture.ts";
import type { Model } from "./model.ts";

/**
 * The first notion whose mask, as it is stored with embeddings, is not the model's; null where all
 * are. A notion that was taught may be missing: the embeddings can be older than it.
 */
export function otherMask(model: Model, stored: Masks): string | null {
  const taught = new Set(model.info.taught?.map(({ notion }) => notion));
  for (const [notion, mask] of model.masks) {
    const found = stored.get(notion);
    if (found === undefined && taught.has(notion)) continue;
    if (!found?.every((value, d) => value === mask[d])) return notion;
  }
  return null;
}
