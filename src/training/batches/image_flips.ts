import { randomUint32, streamFor } from "../../base/random.ts";
import type { EpochOptions } from "./batches.ts";

/**
 * 1 for each image that an epoch mirrors: an image that is embedded once is mirrored for all its
 * triplets.
 */
export function imageFlips(images: Uint32Array, { flip, seed, epoch }: EpochOptions): Uint8Array {
  const stream = streamFor("flip", epoch);
  return Uint8Array.from(images, (image) => flip ? randomUint32(seed, stream, image) & 1 : 0);
}
