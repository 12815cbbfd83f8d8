import { resolve } from "../../src/files/paths.ts";
import { readImageGroups } from "../../src/sets/image_groups.ts";
import { openImageSet } from "../../src/sets/image_set.ts";
import { loadTriplets } from "../../src/sets/triplets.ts";
import type { Graph } from "./world.ts";

/** The test triplets of a set, of a notion or of all. */
export interface SetGraph {
  readonly name: string;
  readonly graph: Graph;
}

/** The graphs of a set's test triplets: of all notions, and of each. */
export async function setGraphs(folder: string): Promise<SetGraph[]> {
  const set = await openImageSet(resolve(folder));
  const groups = (await readImageGroups(set))?.numbers;
  const { notions, images, notion } = await loadTriplets(set, "test", { seed: 1 });
  const ofNotion = (row: number) => images.filter((_, at) => notion[Math.floor(at / 3)] === row);
  return [
    { name: "all notions", graph: numbered(images, groups) },
    ...notions.map((name, row) => ({ name, graph: numbered(ofNotion(row), groups) })),
  ];
}

/** The same triplets, of images that are numbered from 0. */
function numbered(triplets: Uint32Array, groups?: Uint32Array): Graph {
  const numberOf = new Map([...new Set(triplets)].map((image, number) => [image, number]));
  const some = [...numberOf.keys()].map((image) => groups?.[image] ?? image);
  const groupNumber = new Map([...new Set(some)].map((group, number) => [group, number]));
  return {
    triplets: triplets.map((image) => numberOf.get(image)!),
    groups: Uint32Array.from(some, (group) => groupNumber.get(group)!),
  };
}
