import { CsnError } from "../base/errors.ts";
import { randomBelow, streamFor } from "../base/random.ts";
import type { TestOptions } from "../model/evaluate_model.ts";
import type { ModelFile } from "../model/model_file.ts";
import type { Calibration, NotionCalibration, SameCalibration } from "../search/calibration.ts";
import { likeness } from "../sets/make/notions/likeness.ts";
import { MaskedVectors } from "../statistics/masked_vectors.ts";
import { sampledPairs } from "../statistics/sampled_pairs.ts";
import { type EmbeddedSplit, embedSplit } from "./embedded_split.ts";
import { fewestFitted, fitNearer, fitSame } from "./fit_calibration.ts";
import { type ScoredTriplets, scoreTriplets } from "./scored_triplets.ts";

/** How a model is calibrated. */
export interface CalibrateOptions extends TestOptions {
  /** Decides which images are left out together, and which pairs are drawn. @default {the run's} */
  readonly seed?: number;
}

/** Pairs of images of one notion at most. */
const mostPairs = 20_000;

/** What follows when a model is calibrated on images that it knows. */
const seenWords = {
  consequence: "it is surer of them than of others, so chances may come out too sure",
  remedy: "calibrate it on other images",
};

/** Triplets of one notion at most, from all over its list. */
const mostTriplets = 20_000;

/**
 * Measures how a model's distances by each notion become chances: that a person who judges by the
 * notion calls one image nearer than another, from the triplets of a split (validation by
 * default); and that two images have the same value, from pairs of its images, where the set knows
 * values. libtorch must be open. `storeCalibration` puts it into the model's file.
 *
 * Throws a CsnError for a set that lacks a notion of the model's, and for one with fewer than 20
 * triplets of a notion.
 *
 * @example Calibrate a model, and store that in its file
 * ```ts
 * import { readModelFile, start } from "@csn/csn";
 * import { calibrateModel, storeCalibration } from "@csn/csn/report";
 *
 * await start();
 * const calibration = await calibrateModel(await readModelFile("runs/mine/model_best"), {
 *   split: "train",
 * });
 * for (const { notion, nearer } of calibration.notions) console.log(notion, nearer.slope);
 * await storeCalibration("runs/mine/model_best", calibration);
 * ```
 */
export async function calibrateModel(
  file: ModelFile,
  options: CalibrateOptions = {},
): Promise<Calibration> {
  const split = await embedSplit(file, { split: "val", ...options, seenWords });
  const seed = options.seed ?? file.info.config.seed;
  return {
    set: split.set.name,
    split: split.split,
    seed,
    notions: scoreTriplets(split).map((scored, row): NotionCalibration => ({
      notion: scored.notion,
      nearer: nearerOf(split, scored, seed),
      same: sameOf(split, row, seed),
    })),
  };
}

function nearerOf(
  split: EmbeddedSplit,
  { notion, images, far, near }: ScoredTriplets,
  seed: number,
) {
  if (far.length < fewestFitted) {
    throw new CsnError(
      `Cannot calibrate the model by "${notion}": the ${split.split} split of ${split.set.folder} has ${far.length} triplets of it; ${fewestFitted} are needed, so choose another with \`split\``,
    );
  }
  const count = Math.min(far.length, mostTriplets);
  const chosen = Array.from({ length: count }, (_, i) => Math.floor(i * far.length / count));
  const members = chosen.flatMap((i) => [images[3 * i], images[3 * i + 1], images[3 * i + 2]]);
  return fitNearer({
    far: chosen.map((i) => far[i] ** 2),
    near: chosen.map((i) => near[i] ** 2),
    images: unitsOf(split, members),
  }, seed);
}

/** Null where values are not known, or too few pairs are alike or unlike. */
function sameOf(split: EmbeddedSplit, row: number, seed: number): SameCalibration | null {
  const { vectors, masks, images, values, notions } = split;
  const attribute = values?.attributes.get(notions[row]);
  if (attribute === undefined) return null;
  const masked = new MaskedVectors(vectors, masks[row]);
  const random = { seed, stream: streamFor("calibration", 1 + row) };
  const squares: number[] = [];
  const isSame: number[] = [];
  const members: number[] = [];
  const pairs = sampledPairs(images.length, mostPairs, random);
  for (let at = 0; at < pairs.length; at += 2) {
    // Either may come first: what begins with one image stays together.
    const turned = randomBelow(seed, random.stream, 2 * mostPairs + at, 2);
    const [a, b] = [pairs[at + turned], pairs[at + 1 - turned]];
    const like = likeness(attribute, images[a], images[b]);
    if (like === "not compared") continue;
    squares.push(masked.squaredDistance(a, b));
    isSame.push(like === "alike" ? 1 : 0);
    members.push(images[a], images[b], images[b]);
  }
  const same = isSame.reduce((sum, each) => sum + each, 0);
  if (Math.min(same, isSame.length - same) < fewestFitted) return null;
  return fitSame({ squares, isSame, images: unitsOf(split, members) }, seed);
}

/** What other data would have others of: groups of images, or images. */
function unitsOf({ groups }: EmbeddedSplit, images: ArrayLike<number>): number[] {
  return Array.from(images, (image) => groups === null ? image : groups[image]);
}
