import { randomBelow, randomNormal, streamFor } from "../base/random.ts";
import { type Estimate, quantile } from "./estimate.ts";
import {
  halfOf,
  type TripletSample,
  type VarianceParts,
  variancePartsOf,
} from "./estimate_mean.ts";
import { meanOf, varianceOf } from "./mean.ts";

/** A difference that is judged together with others. */
export interface FamilyMember {
  /** Of each run and triplet: the one minus the other. */
  readonly sample: TripletSample;
  /** Numbers of the two that are compared, from 0. */
  readonly pair: readonly [a: number, b: number];
  /** Number of the notion, from 0; null for all notions. */
  readonly notion: number | null;
}

/** How simultaneous intervals are drawn. */
export interface FamilyOptions {
  /** Decides what each replicate draws. */
  readonly seed: number;
  /** Triplets of each notion, by which all notions are a mean of single ones. */
  readonly notions: readonly number[];
  /** How often all is drawn anew. @default {2000} */
  readonly replicates?: number;
}

/**
 * By how much longer than single 95 % intervals (see `estimateMean`) those of a family must be, so
 * that with a chance of 95 % all of them hold what they are of: 1 or more.
 *
 * As the max-t method (Hothorn, Bretz, Westfall, Biometrical Journal 2008), over a bootstrap: a
 * replicate draws the images with replacement, the same for all members, and each run of each
 * compared network anew, its notions apart, from a normal distribution; so members that share
 * images, networks or notions go together. Each member's deviation is taken in units of the half
 * interval that this replicate would give it: its runs' variance is estimated anew, and its images'
 * deviation is divided by sqrt(chi^2 / degrees), which an estimated variance scatters by. The
 * factor is the 95 % quantile of the largest deviation of a replicate.
 */
export function simultaneousFactor(
  members: readonly FamilyMember[],
  { seed, notions, replicates = 2000 }: FamilyOptions,
): number {
  const parts = members.map(({ sample }) => variancePartsOf(sample));
  const images = [...new Set(members.flatMap(({ sample }) => sample.images.shared.images))];
  const influences = influencesOf(members, parts, images);
  const centre = columnSums(influences, members.length);
  const largest = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    const ofImages = drawImages(influences, centre, seed, streamFor("bootstrap", replicate));
    const runs = new DrawnRuns(seed, streamFor("family", replicate), notions);
    members.forEach((member, column) => {
      const { deviation, scale } = runs.differenceOf(member);
      const drawn = {
        ...parts[column],
        runs: parts[column].runs * scale,
      };
      const half = halfOf(drawn);
      if (half === 0) return;
      const moved = ofImages[column] * runs.scatter(parts[column].imageDegrees) +
        Math.sqrt(parts[column].runs) * deviation;
      largest[replicate] = Math.max(largest[replicate], Math.abs(moved) / half);
    });
  }
  return Math.max(1, quantile(largest.sort(), 0.95));
}

/** An interval that is so much longer on both sides of its value. */
export function lengthened({ value, low, high }: Estimate, factor: number): Estimate {
  return { value, low: value - factor * (value - low), high: value + factor * (high - value) };
}

/** What the runs of a replicate draw: a normal deviate of each network, run and notion. */
class DrawnRuns {
  readonly #seed: number;
  readonly #stream: number;
  readonly #weights: readonly number[];

  constructor(seed: number, stream: number, notions: readonly number[]) {
    this.#seed = seed;
    this.#stream = stream;
    const length = Math.sqrt(notions.reduce((sum, each) => sum + each ** 2, 0));
    this.#weights = notions.map((each) => each / length);
  }

  /**
   * The mean difference of runs, in standard deviations of such a mean, and the variance that they
   * would be estimated to have, as a share of the true one.
   */
  differenceOf({ sample, pair: [a, b], notion }: FamilyMember): {
    deviation: number;
    scale: number;
  } {
    const count = sample.runs.length;
    if (count < 2) return { deviation: 0, scale: 1 };
    const ofA = Array.from({ length: count }, (_, run) => this.#deviate(a, run, notion));
    const ofB = Array.from({ length: count }, (_, run) => this.#deviate(b, run, notion));
    const differences = ofA.map((each, run) => (each - ofB[run]) / Math.SQRT2);
    return {
      deviation: meanOf(differences) * Math.sqrt(count),
      scale: sample.apart === undefined
        ? varianceOf(differences)
        : (varianceOf(ofA) + varianceOf(ofB)) / 2,
    };
  }

  /** sqrt(degrees / chi^2): how far an estimated standard error is off. */
  scatter(degrees: number): number {
    // With more degrees it is 1 to within some percent.
    const whole = Math.round(degrees);
    if (whole > 200) return 1;
    let squares = 0;
    for (let i = 0; i < whole; i++) {
      squares += randomNormal(this.#seed, this.#stream, firstOfScatter + i) ** 2;
    }
    return Math.sqrt(whole / squares);
  }

  #deviate(network: number, run: number, notion: number | null): number {
    if (notion === null) {
      return this.#weights.reduce(
        (sum, weight, row) => sum + weight * this.#deviate(network, run, row),
        0,
      );
    }
    const index = (network * mostRuns + run) * this.#weights.length + notion;
    return randomNormal(this.#seed, this.#stream, firstOfRuns + index);
  }
}

/** Places of a replicate's random numbers: images come first. */
const firstOfScatter = 2 ** 40;
const firstOfRuns = 2 ** 41;
const mostRuns = 2 ** 16;

/**
 * [images, members]: by how much a member deviates for each time that an image comes more often
 * than once; scaled to the variance that other images give.
 */
function influencesOf(
  members: readonly FamilyMember[],
  parts: readonly VarianceParts[],
  images: readonly number[],
): Float64Array {
  const rowOf = new Map(images.map((image, row) => [image, row]));
  const all = new Float64Array(images.length * members.length);
  members.forEach(({ sample }, column) => {
    const { shared } = sample.images;
    const mean = Float64Array.from(
      { length: shared.triplets },
      (_, t) => meanOf(sample.runs.map((run) => run[t])),
    );
    const centre = meanOf(mean);
    const sums = shared.imageSums(mean.map((value) => value - centre));
    const squares = sums.reduce((sum, each) => sum + each * each, 0);
    if (squares === 0) return;
    const scale = Math.sqrt(parts[column].images / squares);
    shared.images.forEach((image, i) => {
      all[rowOf.get(image)! * members.length + column] = scale * sums[i];
    });
  });
  return all;
}

/** [members]: how far the means of one replicate's images are off. */
function drawImages(
  influences: Float64Array,
  centre: Float64Array,
  seed: number,
  stream: number,
): Float64Array {
  const members = centre.length;
  const images = influences.length / members;
  const sums = centre.map((sum) => -sum);
  for (let i = 0; i < images; i++) {
    const row = members * randomBelow(seed, stream, i, images);
    for (let column = 0; column < members; column++) sums[column] += influences[row + column];
  }
  return sums;
}

function columnSums(values: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  values.forEach((value, i) => sums[i % columns] += value);
  return sums;
}
