import { likeness } from "../sets/make/notions/likeness.ts";
import type { Query, QueryNeighbours, ShownNeighbour } from "./report_data.ts";
import { MaskedVectors } from "../statistics/masked_vectors.ts";
import { drawRow } from "./draw_pictures.ts";
import type { EmbeddedSplit } from "../analysis/embedded_split.ts";
import type { PackPictures } from "../images/pack_pictures.ts";
import { pictureName } from "./picture_name.ts";

/**
 * The `count` images of a split that are nearest to each of `queries` (rows of it) by each notion,
 * as pictures.
 */
export async function queryNeighbours(
  split: EmbeddedSplit,
  queries: Uint32Array,
  count: number,
  pack: PackPictures,
): Promise<Query[]> {
  const masked = split.masks.map((mask) => new MaskedVectors(split.vectors, mask));
  const all: Query[] = [];
  for (const [number, query] of queries.entries()) {
    const notions: QueryNeighbours[] = [];
    for (const [row, vectors] of masked.entries()) {
      const name = pictureName("neighbours", row, split.notions[row], number);
      const nearest = nearestTo(vectors, query, split.images.length, count);
      notions.push(await shown(split, query, nearest, row, name, pack));
    }
    all.push({ file: split.set.imageFiles[split.images[query]], notions });
  }
  return all;
}

/** One of the nearest rows. */
interface NearRow {
  readonly row: number;
  readonly distance: number;
}

/** The rows nearest to row `query` of `total`, without itself, ties by row. */
function nearestTo(
  vectors: MaskedVectors,
  query: number,
  total: number,
  count: number,
): NearRow[] {
  const distances = Float64Array.from(
    { length: total },
    (_, row) => Math.sqrt(vectors.squaredDistance(query, row)),
  );
  return Array.from(distances.keys())
    .filter((row) => row !== query)
    .sort((a, b) => distances[a] - distances[b] || a - b)
    .slice(0, count)
    .map((row) => ({ row, distance: distances[row] }));
}

async function shown(
  { set, images, notions, values }: EmbeddedSplit,
  query: number,
  nearest: readonly NearRow[],
  notionRow: number,
  name: string,
  pack: PackPictures,
): Promise<QueryNeighbours> {
  const notion = notions[notionRow];
  const texts = values?.texts.get(notion);
  const attribute = values?.attributes.get(notion);
  const image = images[query];
  const neighbours = nearest.map(({ row, distance }): ShownNeighbour => {
    const like = attribute === undefined ? "not compared" : likeness(attribute, image, images[row]);
    return {
      file: set.imageFiles[images[row]],
      value: texts?.[images[row]] ?? "",
      isAlike: like === "not compared" ? null : like === "alike",
      distance,
    };
  });
  const alt = `${set.imageFiles[image]}, and nearest by ${notion}: ${
    neighbours.map(({ file }) => file).join(", ")
  }`;
  const members = [image, ...nearest.map(({ row }) => images[row])];
  const marks = [false, ...neighbours.map(({ isAlike }) => isAlike === true)];
  const isKnown = neighbours.some(({ isAlike }) => isAlike !== null);
  return {
    notion,
    value: texts?.[image] ?? "",
    neighbours,
    picture: await drawRow({ name, alt }, pack, members, isKnown ? marks : []),
  };
}
