import { shuffled, streamFor } from "../base/random.ts";
import { type Split, splits } from "./image_set.ts";

/** Parts of a whole, such as 70, 10, 20; only their ratios count. */
export type SplitShares = Readonly<Record<Split, number>>;

/** The paper's. */
export const defaultShares: SplitShares = { train: 70, val: 10, test: 20 };

/** Images of each split, in ascending order. */
export type SplitImages = Record<Split, Uint32Array<ArrayBuffer>>;

/** Deals `count` images to the splits by their shares. The same seed gives the same splits. */
export function splitImages(
  count: number,
  seed: number,
  shares: SplitShares = defaultShares,
): SplitImages {
  const order = shuffled(count, seed, streamFor("split"));
  const whole = shares.train + shares.val + shares.test;
  const train = Math.round(shares.train / whole * count);
  const validation = Math.round((shares.train + shares.val) / whole * count);
  return {
    train: order.slice(0, train).sort(),
    val: order.slice(train, validation).sort(),
    test: order.slice(validation).sort(),
  };
}

/**
 * Deals whole groups of images to the splits; `groups` names each image's. Groups come in random
 * order, and each goes to the split that lacks the largest part of its share, so that splits come
 * near their shares though groups differ in size. The same seed gives the same splits.
 */
export function splitGroups(
  groups: readonly string[],
  seed: number,
  shares: SplitShares = defaultShares,
): SplitImages {
  const members = Map.groupBy(groups.keys(), (image) => groups[image]);
  const names = [...members.keys()].sort();
  const whole = shares.train + shares.val + shares.test;
  const found: Record<Split, number[]> = { train: [], val: [], test: [] };
  const lack = (split: Split) => 1 - found[split].length / (shares[split] / whole * groups.length);
  for (const place of shuffled(names.length, seed, streamFor("split"))) {
    const neediest = splits.reduce((best, split) => lack(split) > lack(best) ? split : best);
    for (const image of members.get(names[place])!) found[neediest].push(image);
  }
  return {
    train: Uint32Array.from(found.train).sort(),
    val: Uint32Array.from(found.val).sort(),
    test: Uint32Array.from(found.test).sort(),
  };
}

/** The images of each split, where the split of each image is given. */
export function givenParts(given: readonly Split[]): SplitImages {
  const of = (split: Split) =>
    Uint32Array.from(given.keys().filter((image) => given[image] === split));
  return { train: of("train"), val: of("val"), test: of("test") };
}
