import { loadTriplets } from "../sets/triplets.ts";
import { UsageError } from "../base/errors.ts";
import { unusableImages } from "../sets/pack/map_pack.ts";
import type { TestTriplets } from "./flipped_triplets.ts";

/** How many training triplets every notion has at least. */
export interface ShortestList {
  /** The notion that has the fewest usable ones. */
  readonly notion: string;
  /** How many. */
  readonly triplets: number;
}

/** The shortest of the training lists, triplets with unusable images left out. */
export async function shortestTrainingList(
  { set, pack }: Pick<TestTriplets, "set" | "pack">,
  notions: readonly string[],
): Promise<ShortestList> {
  const { perNotion } = await loadTriplets(set, "train", {
    notions,
    seed: 1,
    unusable: unusableImages(pack),
  });
  const [shortest] = perNotion.toSorted((a, b) => a.triplets - b.triplets);
  return { notion: shortest.name, triplets: shortest.triplets };
}

/** Throws a UsageError when a notion has fewer: its error would be compared at another number. */
export function checkEnough(asked: number, shortest: ShortestList, folder: string): void {
  if (asked <= shortest.triplets) return;
  throw new UsageError(
    `Cannot train on ${asked} triplets of each notion: the training list of ${shortest.notion} in ${folder} has ${shortest.triplets}; name at most ${shortest.triplets} with \`triplets\``,
  );
}
