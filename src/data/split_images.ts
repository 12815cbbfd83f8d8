import { shuffled, streamFor } from "../random.ts";
import type { Split } from "./image_set.ts";

/**
 * Deals `count` images to the splits, 70 % to train, 10 % to validation and the rest to test, as the
 * paper does; indices of each split in ascending order. The same seed gives the same splits.
 */
export function splitImages(count: number, seed: number): Record<Split, Uint32Array<ArrayBuffer>> {
  const order = shuffled(count, seed, streamFor("split"));
  const train = Math.round(0.7 * count);
  const validation = Math.round(0.8 * count);
  return {
    train: order.slice(0, train).sort(),
    val: order.slice(train, validation).sort(),
    test: order.slice(validation).sort(),
  };
}
