import type { TripletSample } from "./estimate_mean.ts";
import { ImageVariance } from "./image_variance.ts";
import { meanOf } from "./mean.ts";
import { SharedImages } from "./shared_images.ts";
import type { TestUnits } from "./test_units.ts";

/** What is tested: triplets, and the groups of the set's images where they are the units. */
export interface TestedTriplets {
  /** [3 n]: the images of each triplet. */
  readonly images: Uint32Array;
  /** [n]: the row in `notions` by which each compares. */
  readonly notion: Uint8Array;
  /** Names of the notions. */
  readonly notions: readonly string[];
  /** The number of each image's group; images are units where it is missing. */
  readonly groups?: ArrayLike<number>;
}

/** Test triplets, all and by notion, and which of them share images or groups. */
export class TripletParts {
  /** Triplets of each notion. */
  readonly perNotion: readonly number[];
  /** Distinct images of all. */
  readonly images: number;
  /** What intervals are over. */
  readonly units: TestUnits;
  readonly #parts: readonly {
    readonly places: readonly number[];
    readonly images: ImageVariance;
  }[];

  constructor({ images, notion, notions, groups }: TestedTriplets) {
    const units = groups === undefined ? images : images.map((image) => groups[image]);
    const all = Array.from(notion.keys());
    const parts = [all, ...notions.map((_, row) => all.filter((place) => notion[place] === row))];
    this.#parts = parts.map((places) => ({
      places,
      images: new ImageVariance(
        new SharedImages(places.flatMap((place) => [...units.subarray(3 * place, 3 * place + 3)])),
      ),
    }));
    this.perNotion = parts.slice(1).map((places) => places.length);
    this.images = new Set(images).size;
    this.units = {
      kind: groups === undefined ? "images" : "groups",
      count: this.#parts[0].images.shared.images.length,
    };
  }

  /** A sample of all triplets and of each notion's, from what each run measured of every triplet. */
  samples(runs: readonly Float64Array[], isShare: boolean): TripletSample[] {
    return this.#parts.map(({ places, images }) => ({
      runs: runs.map((run) => Float64Array.from(places, (place) => run[place])),
      images,
      isShare,
    }));
  }

  /** The mean of what was measured of every triplet, of all and of each notion's. */
  means(values: Float64Array): number[] {
    return this.#parts.map(({ places }) => meanOf(places.map((place) => values[place])));
  }
}
