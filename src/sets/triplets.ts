import { CsnError, UsageError } from "../base/errors.ts";
import { tripletKey } from "./checked_triplets.ts";
import type { ExcludedTriplets } from "./excluded_triplets.ts";
import type { ImageSet, Split } from "./image_set.ts";
import { shuffled, streamFor } from "../base/random.ts";
import { readTripletList, tripletListPath } from "./triplet_list.ts";

/** Triplets of one split, of some notions of a set. */
export interface Triplets {
  /** Names of the notions. */
  readonly notions: readonly string[];
  /** [3 n] image indices: anchor, far, near of each triplet. */
  readonly images: Uint32Array;
  /** [n]: the row in `notions` by which each triplet compares. */
  readonly notion: Uint8Array;
  /** Triplets that were left out because an image of theirs is unusable. */
  readonly dropped: number;
  /** The same for each notion, in the order of `notions`. */
  readonly perNotion: readonly NotionTriplets[];
}

/** Where the triplets of one notion come from. */
export interface NotionTriplets {
  /** The notion. */
  readonly name: string;
  /** Triplets taken. */
  readonly triplets: number;
  /** Lines of its list. */
  readonly listed: number;
  /** Lines left out because an image of theirs is unusable. */
  readonly dropped: number;
  /** Lines left out because somebody called them wrong; an image of theirs may be unusable, too. */
  readonly excluded: number;
  /** Triplets that its share of the total asks for beyond those there are; 0 without a total. */
  readonly shortfall: number;
}

/** Which triplets `loadTriplets` takes. */
export interface TripletOptions {
  /** Names of the notions, in the order of the rows. @default {all of the set} */
  readonly notions?: readonly string[];
  /**
   * Triplets for ALL notions of the set, of which k of n notions take k/n, as `--num_traintriplets`
   * of the reference code (main.py). @default {every line of the lists}
   */
  readonly total?: number;
  /** Decides which triplets of a longer list are taken. */
  readonly seed: number;
  /** Indices of images that cannot be used. */
  readonly unusable?: ReadonlySet<number>;
  /** Triplets that are left out, of which one at least must be there. @default {none} */
  readonly excluded?: ExcludedTriplets;
}

/**
 * Reads the triplet lists of a split. With a `total`, each notion gives the same number (what is
 * left over goes one each to the first), picked by a shuffle of its list that depends on the seed
 * and the notion's place in the set alone; a notion whose list is too short gives all it has, and
 * `perNotion` says so.
 *
 * Throws a CsnError for a bad list and for a notion without a usable triplet, a UsageError for a
 * total that leaves a notion without one.
 *
 * @example Read the test triplets by their images
 * ```ts
 * import { loadTriplets, openImageSet } from "@csn/csn/sets";
 *
 * const set = await openImageSet("data/mine");
 * const { images, notion, notions } = await loadTriplets(set, "test", { seed: 1 });
 * const [anchor, far, near] = Array.from(images.subarray(0, 3), (image) => set.imageFiles[image]);
 * console.log(`${anchor} is more like ${near} than like ${far} by ${notions[notion[0]]}`);
 * ```
 */
export async function loadTriplets(
  set: ImageSet,
  split: Split,
  options: TripletOptions,
): Promise<Triplets> {
  const notions = options.notions ?? set.notions;
  const shares = options.total === undefined ? undefined : sharesOf(set, notions, options.total);
  const lists: Uint32Array[] = [];
  const perNotion: NotionTriplets[] = [];
  for (const [row, name] of notions.entries()) {
    const usable = await readUsable(set, split, name, options);
    const share = shares?.[row] ?? usable.images.length / 3;
    const taken = shares
      ? pick(usable.images, share, options.seed, set.notions.indexOf(name))
      : usable.images;
    lists.push(taken);
    const triplets = taken.length / 3;
    const { listed, dropped, excluded } = usable;
    perNotion.push({ name, triplets, listed, dropped, excluded, shortfall: share - triplets });
  }
  const { excluded } = options;
  if (excluded !== undefined && perNotion.every((notion) => notion.excluded === 0)) {
    throw new CsnError(
      `Cannot leave out the triplets of ${excluded.file}: none of the ${excluded.keys.size} that it calls wrong is in the ${split} lists of ${
        notions.join(", ")
      } in ${set.folder}; pass a list of such triplets, or leave it out`,
    );
  }
  return {
    notions,
    ...concatenated(lists),
    dropped: perNotion.reduce((sum, { dropped }) => sum + dropped, 0),
    perNotion,
  };
}

/** How many triplets each notion is to give. */
function sharesOf(set: ImageSet, notions: readonly string[], total: number): number[] {
  const all = Math.floor(total * notions.length / set.notions.length);
  if (!(all >= notions.length)) {
    throw new UsageError(
      `Cannot share out ${total} triplets over ${set.notions.length} notions: ` +
        `each needs one at least; pass \`trainTriplets: ${set.notions.length}\` or more`,
    );
  }
  const each = Math.floor(all / notions.length);
  return notions.map((_, row) => each + (row < all % notions.length ? 1 : 0));
}

/** The triplets of a notion's list whose images can all be used. */
async function readUsable(
  set: ImageSet,
  split: Split,
  name: string,
  { unusable = new Set(), excluded }: TripletOptions,
): Promise<{ images: Uint32Array; listed: number; dropped: number; excluded: number }> {
  if (!set.notions.includes(name)) {
    throw new CsnError(
      `Cannot load triplets of notion "${name}": the image set ${set.name} has ${
        set.notions.join(", ")
      }`,
    );
  }
  const file = tripletListPath(set.folder, { notion: name, split });
  const list = await readTripletList(file, set.imageFiles.length);
  const listed = list.length / 3;
  if (unusable.size === 0 && excluded === undefined) {
    return { images: list, listed, dropped: 0, excluded: 0 };
  }
  let [kept, wrong] = [0, 0];
  for (let at = 0; at < list.length; at += 3) {
    if (excluded?.keys.has(tripletKey(name, list.subarray(at, at + 3)))) {
      wrong++;
      continue;
    }
    if (unusable.has(list[at]) || unusable.has(list[at + 1]) || unusable.has(list[at + 2])) {
      continue;
    }
    list.copyWithin(kept, at, at + 3);
    kept += 3;
  }
  if (kept === 0 && wrong === listed) {
    throw new CsnError(
      `Cannot use the triplet list ${file}: ${
        excluded!.file
      } calls all of its ${listed} triplets wrong; correct the list, or leave the notion out`,
    );
  }
  if (kept === 0) {
    throw new CsnError(
      `Cannot use the triplet list ${file}: all of its ${
        listed - wrong
      } triplets need images that are missing or ` +
        `cannot be decoded; mend ${set.imageFolder}`,
    );
  }
  const dropped = listed - wrong - kept / 3;
  return { images: list.slice(0, kept), listed, dropped, excluded: wrong };
}

/** `share` triplets of a list in random order, or all when there are fewer. */
function pick(list: Uint32Array, share: number, seed: number, row: number): Uint32Array {
  const order = shuffled(list.length / 3, seed, streamFor("subset", row)).subarray(0, share);
  const picked = new Uint32Array(3 * order.length);
  order.forEach((from, to) => picked.set(list.subarray(3 * from, 3 * from + 3), 3 * to));
  return picked;
}

function concatenated(lists: readonly Uint32Array[]): { images: Uint32Array; notion: Uint8Array } {
  const length = lists.reduce((sum, list) => sum + list.length, 0);
  const images = new Uint32Array(length);
  const notion = new Uint8Array(length / 3);
  let at = 0;
  for (const [row, list] of lists.entries()) {
    images.set(list, at);
    notion.fill(row, at / 3, (at + list.length) / 3);
    at += list.length;
  }
  return { images, notion };
}
