import { CsnError, UsageError } from "../base/errors.ts";
import type { Embeddings } from "../search/embeddings.ts";
import type { Masks } from "../search/mixture.ts";
import { estimateMean, type MeanEstimate } from "../statistics/estimate_mean.ts";
import type { Estimate } from "../statistics/estimate.ts";
import { ImageVariance } from "../statistics/image_variance.ts";
import { SharedImages } from "../statistics/shared_images.ts";
import { wrongTriplets } from "../statistics/triplet_error.ts";
import { fitValidated, type PartedRows, type ValidatedFit } from "../statistics/validated_fit.ts";
import { type AnswerParts, answerParts } from "./answer_parts.ts";
import { type SquareDifferences, squareDifferences } from "./square_differences.ts";
import { scaledMask } from "./scaled_mask.ts";

/** A triplet by the names of its images: the anchor is more like `near` than like `far`. */
export interface NamedTriplet {
  /** What is compared with. */
  readonly anchor: string;
  /** What is less like it. */
  readonly far: string;
  /** What is more like it. */
  readonly near: string;
}

/** How a notion is fitted. */
export interface FitNotionOptions {
  /** The masks [D] of the notions there are, to compare with: `model.masks`. @default {none} */
  readonly masks?: Masks;
  /** Decides which answers are left out together. @default {1} */
  readonly seed?: number;
  /**
   * The group of each embedding: of images that belong together, such as views of one thing, all
   * are left out together. @default {each image is its own}
   */
  readonly groups?: ArrayLike<number>;
}

/** A notion that a model has, on the answers that teach another. */
export interface KnownNotion {
  /** Its name. */
  readonly notion: string;
  /** The share of the answers that it gives, too. */
  readonly accuracy: Estimate;
  /** By how much the taught notion is better, on answers that it was not fitted to. */
  readonly gain: Estimate;
}

/**
 * What was found. "learned": better than chance, and than every notion there is. "not learnable": the
 * interval of its accuracy does not lie above chance. "already known": a notion that is there answers
 * as well. "not shown better": it may be better than a notion that is there, and more answers would
 * tell.
 */
export type Verdict = "learned" | "not learnable" | "already known" | "not shown better";

/** A notion that was fitted to answers. */
export interface FittedNotion {
  /** [D]: weights of the squared differences, none below 0. */
  readonly weights: Float64Array;
  /**
   * [D]: their square roots, scaled so that the median squared distance is that of the notions
   * there are (the middle one's), or 1 without any.
   */
  readonly mask: Float32Array;
  /** Dimensions that count. */
  readonly dimensions: number;
  /** Answers that it was fitted to. */
  readonly answers: number;
  /** Different images in them. */
  readonly images: number;
  /** Questions that were answered both ways. */
  readonly contradictions: number;
  /** Of answers that it was not fitted to, the share it gives, with a 95 % interval. */
  readonly accuracy: Estimate;
  /** The accuracy of guessing. */
  readonly chance: 0.5;
  /** The notions that were there, in their order. */
  readonly known: readonly KnownNotion[];
  /** The one of them that gives most of the answers; null without any. */
  readonly best: KnownNotion | null;
  /** What follows. */
  readonly verdict: Verdict;
  /** The strength of the L1 penalty that cross-validation chose. */
  readonly penalty: number;
}

/** Fewer answers, or images that they begin with, teach nothing. */
export const [fewestAnswers, fewestAnchors] = [20, 5] as const;

/**
 * Fits a notion to answers on embeddings that stay as they are: a weight for each dimension, none
 * below 0, of the squared differences, so that near images of the answers are nearer than far ones.
 * The loss is logistic and convex, with an L1 penalty whose strength is chosen by cross-validation;
 * the optimum is exact. The accuracy is of answers that were left out, of the choice of the strength
 * too, with all others that begin with the same image. It takes less than a second for 2,000
 * answers. The same answers and seed give the same notion.
 *
 * `triplets` are [3 n] rows of the embeddings in the order anchor, far, near, as in a triplet list,
 * or names. Throws a CsnError for fewer than 20 answers, for answers that begin with fewer than 5
 * images, and for images whose embedding holds NaN; a UsageError for images that are not there or
 * stand twice in an answer.
 *
 * @example Teach a notion from a list of answers
 * ```ts
 * import { embedSetFolder, Model, start } from "@csn/csn";
 * import { openImageSet, readTripletList, tripletListPath } from "@csn/csn/sets";
 * import { fitNotion } from "@csn/csn/teach";
 *
 * await start();
 * using model = await Model.load("runs/mine/model_best");
 * const set = await openImageSet("data/mine");
 * const images = await embedSetFolder(model, set);
 * const list = tripletListPath(set.folder, { notion: "colour", split: "train" });
 * const answers = await readTripletList(list, set.imageFiles.length);
 * const { verdict, accuracy, best } = fitNotion(images, answers, { masks: model.masks });
 * console.log(verdict, accuracy.value, accuracy.low, best?.notion);
 * ```
 */
export function fitNotion(
  embeddings: Embeddings,
  triplets: ArrayLike<number> | readonly NamedTriplet[],
  options: FitNotionOptions = {},
): FittedNotion {
  return fitParts(embeddings, partedAnswers(embeddings, triplets, options), options);
}

/** Answers, dealt to parts. Throws as `fitNotion`. */
export function partedAnswers(
  embeddings: Embeddings,
  triplets: ArrayLike<number> | readonly NamedTriplet[],
  { groups, seed = 1 }: FitNotionOptions,
): PartedAnswers {
  const rows = tripletRows(embeddings, triplets);
  const units = groups === undefined ? rows : rows.map((row) => groups[row]);
  assertEnough(units);
  return { triplets: rows, units, ...answerParts(units, seed) };
}

/** Answers with the parts that they are dealt to. */
export interface PartedAnswers extends AnswerParts {
  /** [3 n] rows of the embeddings. */
  readonly triplets: Uint32Array;
  /** [3 n]: those, or their groups. */
  readonly units: Uint32Array;
}

/** As `fitNotion`, with answers that are dealt to parts already. */
export function fitParts(
  embeddings: Embeddings,
  answers: PartedAnswers,
  options: FitNotionOptions,
): FittedNotion {
  const differences = squareDifferences(embeddings, answers.triplets);
  const fit = fitValidated(differenceRows(answers, differences));
  return fittedNotion(embeddings, answers, { differences, fit }, options);
}

/** What the weights are fitted to. */
export function differenceRows(
  { part, apart, parts }: AnswerParts,
  { values, units }: SquareDifferences,
): PartedRows {
  return { part, apart, parts, width: units.length, values };
}

/** What weights say of answers, once they are fitted. */
export function fittedNotion(
  embeddings: Embeddings,
  { triplets, units }: PartedAnswers,
  { differences, fit }: { readonly differences: SquareDifferences; readonly fit: ValidatedFit },
  { masks = new Map() }: FitNotionOptions,
): FittedNotion {
  const weights = fit.weights.map((weight, d) => weight / differences.units[d]);
  // Weights that are all 0 say nothing: as good as guessing.
  const right = fit.apart.map((sum) => sum === 0 ? 0.5 : sum > 0 ? 1 : 0);
  const images = new ImageVariance(new SharedImages(units));
  const estimated = (run: Float64Array, isShare: boolean) =>
    ends(estimateMean({ runs: [run], images, isShare }));
  const known = [...masks].map(([notion, mask]): KnownNotion => {
    const theirs = wrongTriplets(embeddings.vectors, mask, triplets).map((wrong) => 1 - wrong);
    const gain = right.map((each, i) => each - theirs[i]);
    return { notion, accuracy: estimated(theirs, true), gain: estimated(gain, false) };
  });
  const best = known.reduce<KnownNotion | null>(
    (best, each) => best === null || each.accuracy.value > best.accuracy.value ? each : best,
    null,
  );
  const accuracy = estimated(right, true);
  return {
    weights,
    mask: scaledMask(weights, embeddings, masks),
    dimensions: weights.filter((weight) => weight > 0).length,
    answers: triplets.length / 3,
    images: new Set(triplets).size,
    contradictions: contradictionsOf(triplets),
    accuracy,
    chance: 0.5,
    known,
    best,
    verdict: verdictOf(accuracy, best),
    penalty: fit.penalty,
  };
}

function ends({ value, low, high }: MeanEstimate): Estimate {
  return { value, low, high };
}

function verdictOf(accuracy: Estimate, best: KnownNotion | null): Verdict {
  if (!(accuracy.low > 0.5)) return "not learnable";
  if (best === null || best.gain.low > 0) return "learned";
  return best.gain.value > 0 ? "not shown better" : "already known";
}

/** [3 n]: the rows of embeddings that answers are about. */
export function tripletRows(
  { names, vectors, dimension }: Embeddings,
  triplets: ArrayLike<number> | readonly NamedTriplet[],
): Uint32Array<ArrayBuffer> {
  const rows = rowsOf(names, triplets);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (!(row < names.length)) {
      throw new UsageError(
        `Cannot fit a notion: an answer names image ${row}, and there are ${names.length}; pass the embeddings that the answers count by`,
      );
    }
    const first = at - at % 3;
    if (rows.indexOf(row, first) < at) {
      throw new UsageError(
        `Cannot fit a notion: answer ${first / 3 + 1} names ${
          names[row]
        } twice; an answer is about three images`,
      );
    }
    if (Number.isNaN(vectors[row * dimension])) {
      throw new CsnError(
        `Cannot fit a notion: ${names[row]}, of answer ${
          first / 3 + 1
        }, could not be embedded; leave out answers about it`,
      );
    }
  }
  return rows;
}

function rowsOf(
  names: readonly string[],
  triplets: ArrayLike<number> | readonly NamedTriplet[],
): Uint32Array<ArrayBuffer> {
  if (isNumbers(triplets)) {
    if (triplets.length % 3 === 0) return Uint32Array.from(triplets);
    throw new UsageError(
      `Cannot fit a notion: ${triplets.length} rows are no whole number of triplets`,
    );
  }
  const rowOf = new Map(names.map((name, row) => [name, row]));
  return Uint32Array.from(
    triplets.flatMap(({ anchor, far, near }) =>
      [anchor, far, near].map((name) => {
        const row = rowOf.get(name);
        if (row !== undefined) return row;
        throw new UsageError(
          `Cannot fit a notion: an answer names "${name}", and no image that is embedded is called so`,
        );
      })
    ),
  );
}

function isNumbers(
  triplets: ArrayLike<number> | readonly NamedTriplet[],
): triplets is ArrayLike<number> {
  return triplets.length === 0 || typeof triplets[0] === "number";
}

/** Refuses what is too little to learn from. */
function assertEnough(units: Uint32Array): void {
  const answers = units.length / 3;
  if (answers < fewestAnswers) {
    throw new CsnError(
      `Cannot fit a notion to ${answers} answers: ${fewestAnswers} are needed at least, and some 60 are a good beginning`,
    );
  }
  const anchors = new Set(units.filter((_, at) => at % 3 === 0)).size;
  if (anchors >= fewestAnchors) return;
  throw new CsnError(
    `Cannot fit a notion to ${answers} answers that begin with ${anchors} different images, or groups of them: ${fewestAnchors} are needed at least; answer questions about others`,
  );
}

/** How many questions were answered both ways. */
export function contradictionsOf(triplets: Uint32Array): number {
  const answers = new Set<string>();
  for (let at = 0; at < triplets.length; at += 3) {
    answers.add(triplets.subarray(at, at + 3).join());
  }
  let both = 0;
  for (const answer of answers) {
    const [anchor, far, near] = answer.split(",").map(Number);
    if (far < near && answers.has(`${anchor},${near},${far}`)) both++;
  }
  return both;
}
