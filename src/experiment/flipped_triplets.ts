import { createHash } from "node:crypto";
import { type ImageSet, openImageSet } from "../sets/image_set.ts";
import { assertSameSet, placeOfSet, type SetPlace } from "../sets/one_set.ts";
import { readImageGroups } from "../sets/image_groups.ts";
import { type Pack, type PackOptions, preparePack } from "../sets/pack/pack.ts";
import { loadTriplets, type Triplets } from "../sets/triplets.ts";
import { shuffled, streamFor } from "../base/random.ts";
import { unusableImages } from "../sets/pack/map_pack.ts";
import { warnOfDropped } from "../sets/warn_of_dropped.ts";
import type { CommonConfig } from "./cell.ts";

/** The triplets on which every cell of an experiment is tested, and how they are shown. */
export interface TestTriplets {
  /** Their set. */
  readonly set: ImageSet;
  /** Where it lies: no other set may take its place while cells are trained and tested. */
  readonly place: SetPlace;
  /** Its decoded images. */
  readonly pack: Pack;
  /** Every line of the test lists whose images can be used. */
  readonly triplets: Triplets;
  /** The group of each of the set's images, where it was split by groups. */
  readonly groups?: ArrayLike<number>;
  /** [n]: 1 where the near image is shown before the far one. */
  readonly isFlipped: Uint8Array;
  /** SHA-256 of triplets and presentation. */
  readonly digest: string;
}

/** Which of the triplets are flipped does not depend on the cells' seeds: all see the same. */
const presentationSeed = 1;

/** Reads the test lists and decodes the set's images where that is not done yet. */
export async function loadTestTriplets(
  { data, notions, imageSize, allowMissing }: CommonConfig,
  options: Pick<PackOptions, "listener" | "signal" | "packDir">,
): Promise<TestTriplets> {
  const place = await placeOfSet(data);
  const set = await openImageSet(data);
  const pack = await preparePack(set, imageSize, { ...options, allowMissing });
  const triplets = await loadTriplets(set, "test", {
    notions,
    seed: presentationSeed,
    unusable: unusableImages(pack),
  });
  warnOfDropped(triplets, "test", options.listener);
  const isFlipped = flippedHalf(triplets.notion.length, presentationSeed);
  const digest = createHash("sha256").update(triplets.images).update(triplets.notion)
    .update(isFlipped).digest("hex");
  const groups = await readImageGroups(set, options.listener);
  await assertSameSet(place);
  return { set, place, pack, triplets, groups: groups?.numbers, isFlipped, digest };
}

/** Ones for a random half of n triplets. */
export function flippedHalf(n: number, seed: number): Uint8Array {
  const flipped = new Uint8Array(n);
  const order = shuffled(n, seed, streamFor("presentation"));
  for (const triplet of order.subarray(0, Math.floor(n / 2))) flipped[triplet] = 1;
  return flipped;
}

/**
 * [3 n]: anchor, first and second image of each triplet as it is shown; otherwise anchor, far,
 * near.
 */
export function presented(members: Uint32Array, isFlipped: Uint8Array): Uint32Array {
  const shown = members.slice();
  isFlipped.forEach((flipped, t) => {
    if (!flipped) return;
    shown[3 * t + 1] = members[3 * t + 2];
    shown[3 * t + 2] = members[3 * t + 1];
  });
  return shown;
}
