import type { HardestTriplets, HardTriplet } from "./report_data.ts";
import { drawRow } from "./draw_pictures.ts";
import type { EmbeddedSplit } from "../analysis/embedded_split.ts";
import type { PackPictures } from "../images/pack_pictures.ts";
import { pictureName } from "./picture_name.ts";
import type { ScoredTriplets } from "../analysis/scored_triplets.ts";

/** Of each notion the triplets that are wrong by most, as pictures; at most `most` of each. */
export async function hardestTriplets(
  split: EmbeddedSplit,
  scored: readonly ScoredTriplets[],
  pack: PackPictures,
  most: number,
): Promise<HardestTriplets[]> {
  const all: HardestTriplets[] = [];
  for (const [row, triplets] of scored.entries()) {
    const places = worstPlaces(triplets);
    const name = (rank: number) => pictureName("wrong", row, triplets.notion, rank);
    const shown: HardTriplet[] = [];
    for (const [rank, place] of places.slice(0, most).entries()) {
      shown.push(await hardTriplet(split, triplets, place, name(rank), pack));
    }
    const { notion, far } = triplets;
    all.push({ notion, wrong: places.length, triplets: far.length, shown });
  }
  return all;
}

/**
 * Places of the triplets in the wrong order, the worst first, equally bad ones as they are listed.
 */
export function worstPlaces({ far, near }: Pick<ScoredTriplets, "far" | "near">): number[] {
  const wrongBy = (place: number) => near[place] - far[place];
  return Array.from(far.keys())
    .filter((place) => wrongBy(place) >= 0)
    .sort((a, b) => wrongBy(b) - wrongBy(a) || a - b);
}

async function hardTriplet(
  { set, values }: EmbeddedSplit,
  { notion, images, far, near }: ScoredTriplets,
  place: number,
  name: string,
  pack: PackPictures,
): Promise<HardTriplet> {
  const texts = values?.texts.get(notion);
  const members = [...images.subarray(3 * place, 3 * place + 3)];
  const [anchor, farImage, nearImage] = members;
  const each = <T>(of: (image: number) => T): [T, T, T] => [
    of(anchor),
    of(farImage),
    of(nearImage),
  ];
  const files = each((image) => set.imageFiles[image]);
  const alt = `Anchor ${files[0]}; far ${files[1]}; near ${files[2]}`;
  return {
    files,
    values: each((image) => texts?.[image] ?? ""),
    wrongBy: near[place] - far[place],
    picture: await drawRow({ name, alt }, pack, members),
  };
}
