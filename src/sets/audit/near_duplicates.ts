import { exists } from "../../files/exists.ts";
import type { ImageSet } from "../image_set.ts";
import { type Pack, type PackOptions, preparePack, type UnreadableImage } from "../pack/pack.ts";
import { packFolders, parsePackName } from "../pack/pack_place.ts";
import { bitsIn, differenceHash } from "./difference_hash.ts";

/** Two images that look nearly the same. */
export interface NearPair {
  readonly image: number;
  readonly other: number;
}

/**
 * Bits of 64 that may differ: a retouched or recompressed picture differs in few, another in some
 * 20 to 40.
 */
export const nearBits = 2;

/** More parts of a hash than bits that may differ; together they are all of it. */
const parts: readonly ((high: number, low: number) => number)[] = [
  (high) => high >>> 11,
  (high, low) => (high & 0x7ff) * 2 ** 10 + (low >>> 22),
  (_, low) => low & 0x3fffff,
];

/**
 * Side of the pictures that are hashed where the set has no pack yet: enough for a grid of 9 x 8
 * means.
 */
const packSize = 32;

/** Images read at a time. */
const chunk = 256;

/** What looks nearly the same, and what could not be looked at. */
export interface NearDuplicates {
  /** Each image that has one, with another that looks nearly as it does. */
  readonly pairs: readonly NearPair[];
  /** Images that could not be decoded. */
  readonly unreadable: readonly UnreadableImage[];
}

/**
 * For each of `images` that has one, another that looks nearly the same and for which `areApart` is
 * true. Pictures come from the smallest pack that the set has, or one that is made.
 */
export async function nearDuplicates(
  set: ImageSet,
  images: readonly number[],
  areApart: (a: number, b: number) => boolean,
  options: Omit<PackOptions, "allowMissing" | "fit"> = {},
): Promise<NearDuplicates> {
  const { imageSize, fit } = await smallestPack(set, options.packDir) ??
    { imageSize: packSize, fit: set.fit };
  const pack = await preparePack(set, imageSize, { ...options, fit, allowMissing: true });
  const hashes = await hashesOf(pack);
  const lost = new Set(pack.unreadable.map(({ image }) => image));
  const readable = images.filter((image) => !lost.has(image));
  const wanted = new Set(images);
  return {
    pairs: nearPairs(readable, hashes, areApart, options.signal),
    unreadable: pack.unreadable.filter(({ image }) => wanted.has(image)),
  };
}

/** The smallest of a set's packs; null when there is none. */
async function smallestPack(
  set: ImageSet,
  packDir?: string,
): Promise<ReturnType<typeof parsePackName>> {
  for (const folder of packFolders(set, packDir)) {
    if (!await exists(folder)) continue;
    const packs = Array.from(await Array.fromAsync(Deno.readDir(folder)), ({ name }) => name)
      .map(parsePackName)
      .filter((pack) => pack !== null && pack.imageSize >= packSize)
      .sort((a, b) => a!.imageSize - b!.imageSize || (a!.fit < b!.fit ? -1 : 1));
    if (packs.length > 0) return packs[0];
  }
  return null;
}

/** [2 n] words of the hash of each image of a pack, read in pieces. */
async function hashesOf({ path, imageSize, count }: Pack): Promise<Uint32Array> {
  const bytes = imageSize * imageSize * 3;
  const hashes = new Uint32Array(2 * count);
  const piece = new Uint8Array(chunk * bytes);
  using file = await Deno.open(path);
  for (let image = 0; image < count;) {
    const wanted = piece.subarray(0, Math.min(chunk, count - image) * bytes);
    for (let at = 0; at < wanted.length;) {
      const read = await file.read(wanted.subarray(at));
      if (read === null) throw new Error(`the pack ${path} ends early`);
      at += read;
    }
    for (let at = 0; at < wanted.length; at += bytes, image++) {
      hashes.set(differenceHash(wanted.subarray(at, at + bytes), imageSize), 2 * image);
    }
  }
  return hashes;
}

/**
 * Compares pictures with those that they share one of three parts of the hash with: where two bits
 * differ, one part at least is the same. Pictures of the same hash are compared as one.
 */
export function nearPairs(
  images: readonly number[],
  hashes: Uint32Array,
  areApart: (a: number, b: number) => boolean,
  signal?: AbortSignal,
): NearPair[] {
  // A picture without any edge from left to right looks like every other such.
  const detailed = images.filter((image) => hashes[2 * image] !== 0 || hashes[2 * image + 1] !== 0);
  const groups = [
    ...Map.groupBy(
      detailed,
      (image) => hashes[2 * image] * 2 ** 21 + (hashes[2 * image + 1] >>> 11),
    )
      .values(),
  ].flatMap((some) => [...Map.groupBy(some, (image) => hashes[2 * image + 1]).values()]);
  const high = Uint32Array.from(groups, ([image]) => hashes[2 * image]);
  const low = Uint32Array.from(groups, ([image]) => hashes[2 * image + 1]);
  const found = new Map<number, number>();
  const match = (a: number, b: number) => {
    for (const image of groups[a]) {
      if (found.has(image)) continue;
      const other = groups[b].find((other) => areApart(image, other));
      if (other !== undefined) found.set(image, other);
    }
  };
  for (let a = 0; a < groups.length; a++) match(a, a);
  for (const part of parts) {
    const alike = Map.groupBy(groups.keys(), (group) => part(high[group], low[group]));
    for (const members of alike.values()) {
      signal?.throwIfAborted();
      members.forEach((a, at) => {
        for (let next = at + 1; next < members.length; next++) {
          const b = members[next];
          if (bitsIn(high[a] ^ high[b]) + bitsIn(low[a] ^ low[b]) > nearBits) continue;
          match(a, b);
          match(b, a);
        }
      });
    }
  }
  return [...found].map(([image, other]) => ({ image, other })).sort((a, b) => a.image - b.image);
}
