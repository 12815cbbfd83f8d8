/**
 * Worlds in which the true error is known: an image, a group, a run and chance each move a
 * triplet's margin by a normal deviate, and a triplet is wrong where the margin is below a
 * threshold.
 */
import { randomNormal, streamFor } from "../../src/base/random.ts";
import { drawTriplets } from "../../src/sets/make/draw_triplets.ts";

/** Shares of a margin's variance of 1 by where they come from; what is left is chance. */
export interface Effects {
  /** Each of a triplet's images: how hard it is for any network. */
  readonly images?: number;
  /** Each of their groups. */
  readonly groups?: number;
  /** A training run, on all triplets; comes on top of 1. */
  readonly run?: number;
  /** A training run on each image, and on each triplet. */
  readonly runOnImages?: number;
}

/** What is tested in a world. */
export interface Plan {
  readonly name: string;
  /** Images, and of how many each group is; 1: there are no groups. */
  readonly images: number;
  readonly groupSize: number;
  readonly triplets: number;
  /** The true share of wrong triplets. */
  readonly error: number;
  readonly effects: Effects;
  readonly runs: number;
}

/** The values by which a notion's triplets are drawn. */
const values = 4;

/** Triplets of images that are numbered from 0, and the group of each; its own without groups. */
export interface Graph {
  readonly triplets: Uint32Array;
  readonly groups: Uint32Array;
}

/** The graph of a plan. */
export function graphOf({ images, groupSize, triplets }: Plan, stream = 0): Graph {
  const places = Uint32Array.from({ length: images }, (_, image) => image);
  const value = (image: number) => String((groupSize === 1 ? image : image % groupSize) % values);
  return {
    triplets: drawTriplets(
      { kind: "categorical", values: Array.from(places, value) },
      places,
      { count: triplets, seed: 1, stream },
    ),
    groups: places.map((image) => Math.floor(image / groupSize)),
  };
}

/** Normal deviates in the order in which they are asked for. */
export class Deviates {
  readonly #stream: number;
  #index = 0;

  constructor(replicate: number) {
    this.#stream = streamFor("sample", replicate);
  }

  next(variance: number): number {
    return variance === 0 ? 0 : Math.sqrt(variance) * randomNormal(1, this.#stream, this.#index++);
  }

  list(count: number, variance: number): Float64Array {
    return Float64Array.from({ length: count }, () => this.next(variance));
  }
}

/** What all networks of a replicate have in common: images, groups and triplets. */
export interface Nature {
  readonly images: Float64Array;
  readonly groups: Float64Array;
  readonly chance: Float64Array;
}

/** Draws what is common; a triplet of three images shares their variance out. */
export function natureOf(plan: Plan, graph: Graph, deviates: Deviates): Nature {
  const { images = 0, groups = 0, runOnImages = 0 } = plan.effects;
  const groupCount = new Set(graph.groups).size;
  return {
    images: deviates.list(graph.groups.length, images / 3),
    groups: deviates.list(groupCount, groups / 3),
    chance: deviates.list(graph.triplets.length / 3, 1 - images - groups - runOnImages),
  };
}

/** [n]: 1 where a network that is trained anew orders a triplet wrongly. */
export function runOf(
  plan: Plan,
  { triplets, groups }: Graph,
  nature: Nature,
  deviates: Deviates,
): Float64Array {
  const { groups: ofGroups = 0, run = 0, runOnImages = 0 } = plan.effects;
  const bias = deviates.next(run);
  const onImages = deviates.list(groups.length, runOnImages / 6);
  const threshold = normalQuantileOf(plan.error) * Math.sqrt(1 + run);
  return Float64Array.from(nature.chance, (chance, t) => {
    const members = triplets.subarray(3 * t, 3 * t + 3);
    let margin = chance + deviates.next(runOnImages / 2);
    let variance = 1 - ofGroups;
    for (const image of members) {
      margin += nature.images[image] + onImages[image] + nature.groups[groups[image]];
      for (const other of members) if (groups[other] === groups[image]) variance += ofGroups / 3;
    }
    // Images of one group move the margin together: its variance is brought back to 1.
    return margin / Math.sqrt(variance) + bias < threshold ? 1 : 0;
  });
}

/** Below which a standard normal deviate lies with this chance; by halving. */
function normalQuantileOf(chance: number): number {
  let [low, high] = [-9, 9];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < chance) low = middle;
    else high = middle;
  }
  return high;
}

/** The share of a standard normal distribution below x, by Simpson's rule. */
function normalShare(x: number): number {
  const steps = 2000;
  const width = (x + 9) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-((-9 + i * width) ** 2) / 2);
  }
  return sum * width / 3 / Math.sqrt(2 * Math.PI);
}
