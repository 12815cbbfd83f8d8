import type { Calibration } from "../search/calibration.ts";
import type { Embeddings } from "../search/embeddings.ts";
import type { Masks } from "../search/mixture.ts";
import type { ValueColumns } from "../search/where.ts";
import type { Attribute } from "../sets/attribute.ts";

/**
 * What neighbours are found by, and what is known of the images: what a server has open, or what was
 * exported, in a browser.
 */
export interface ExploredImages {
  /** Of the model. */
  readonly model: {
    readonly notions: readonly string[];
    readonly masks: Masks;
    readonly info: { readonly calibration?: Calibration };
  };
  /** All embeddings, unmasked; row i is image i everywhere. */
  readonly embeddings: Embeddings;
  /** What is known of each image, for conditions; null where nothing is. */
  readonly columns: ValueColumns | null;
  /** What is known of each image by notion; null where nothing is. */
  readonly values: {
    /** Which images are alike and which unlike. */
    readonly attributes: ReadonlyMap<string, Attribute>;
    /** Each image's value as it is spelt, "" when it is not known. */
    readonly texts: ReadonlyMap<string, readonly string[]>;
  } | null;
  /** Notions that were taught while the model is explored. */
  readonly taught: { maskOf(notion: string): Float32Array | undefined };
}
