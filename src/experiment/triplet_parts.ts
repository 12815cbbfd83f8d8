import type { Triplets } from "../sets/triplets.ts";
import type { TripletSample } from "../statistics/cluster_bootstrap.ts";
import { SharedImages } from "../statistics/shared_images.ts";
import { right } from "./outcomes.ts";

/** Test triplets, all and by notion, and which of them share images. */
export class TripletParts {
  /** How many there are: all, then each notion. */
  readonly count: number;
  /** Distinct images of all. */
  readonly images: number;
  readonly #parts: readonly { readonly places: readonly number[]; readonly shared: SharedImages }[];

  constructor({ images, notion, notions }: Pick<Triplets, "images" | "notion" | "notions">) {
    const all = Array.from(notion.keys());
    const parts = [all, ...notions.map((_, row) => all.filter((place) => notion[place] === row))];
    this.#parts = parts.map((places) => ({
      places,
      shared: new SharedImages(
        places.flatMap((place) => [...images.subarray(3 * place, 3 * place + 3)]),
      ),
    }));
    this.count = parts.length;
    this.images = this.#parts[0].shared.images.length;
  }

  /** A sample of each part from what was measured of every triplet. */
  samples(values: Float64Array, isShare: boolean): TripletSample[] {
    return this.#parts.map(({ places, shared }) => ({
      values: places.map((place) => values[place]),
      shared,
      isShare,
    }));
  }

  /** The mean of what was measured of every triplet, for each part. */
  means(values: Float64Array): number[] {
    return this.#parts.map(({ places }) =>
      places.reduce((sum, place) => sum + values[place], 0) / places.length
    );
  }
}

/** Of each triplet the share of runs that order it wrongly; a tie is wrong. */
export function wrongShares(runs: readonly Uint8Array[]): Float64Array {
  return Float64Array.from(runs[0], (_, triplet) => {
    const wrong = runs.filter((outcomes) => outcomes[triplet] !== right).length;
    return wrong / runs.length;
  });
}
