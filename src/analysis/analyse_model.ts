import { scoreTriplets } from "./scored_triplets.ts";
import { splitAccuracy } from "./split_accuracy.ts";
import { streamFor } from "../base/random.ts";
import type {
  DimensionUse,
  MaskOverlap,
  ModelAnalysis,
  OrdinalFit,
  Retrieval,
} from "./model_analysis.ts";
import { removalErrors } from "../statistics/dimension_removal.ts";
import { activeDimensions, maskCosine, maskJaccard } from "../statistics/mask_overlap.ts";
import { MaskedVectors } from "../statistics/masked_vectors.ts";
import type { ModelFile } from "../model/model_file.ts";
import type { TestOptions } from "../model/evaluate_model.ts";
import { type EmbeddedSplit, embedSplit } from "./embedded_split.ts";
import { ordinalFit } from "./ordinal_fit.ts";
import type { ProbeTable } from "./probe_column.ts";
import { probes } from "./probes.ts";
import { retrieval } from "./retrieval.ts";
import { leakageOf } from "./leakage.ts";

/** What is analysed, and how. */
export interface AnalyseOptions extends TestOptions {
  /** Columns to probe for besides the set's notions that the model was not trained on. */
  readonly probe?: ProbeTable;
  /**
   * Decides which pairs, queries and training images are drawn. @default {that of the model's run}
   */
  readonly seed?: number;
}

/**
 * Measures what a model's masks learned, on one split of an image set: see `ModelAnalysis`.
 * libtorch must be open. The same model, set and seed give the same numbers.
 *
 * Throws a CsnError for a set that lacks a notion of the model's, and for a column that cannot be
 * probed for.
 *
 * @example Which notions' masks share dimensions
 * ```ts
 * import { readModelFile, start } from "@csn/csn";
 * import { analyseModel } from "@csn/csn/report";
 *
 * await start();
 * const { model, overlap } = await analyseModel(await readModelFile("runs/mine/model_best"));
 * console.log(model.notions, overlap);
 * ```
 */
export async function analyseModel(
  file: ModelFile,
  options: AnalyseOptions = {},
): Promise<ModelAnalysis> {
  return await analyseSplit(file, await embedSplit(file, options), options);
}

/** As `analyseModel`, for a split that is embedded already by the same model. */
export async function analyseSplit(
  file: ModelFile,
  split: EmbeddedSplit,
  options: AnalyseOptions = {},
): Promise<ModelAnalysis> {
  const { info } = file;
  const seed = options.seed ?? info.config.seed;
  return {
    format: 1,
    model: {
      name: info.config.name,
      path: file.path,
      variant: info.variant,
      notions: split.notions,
      dimension: split.dimension,
      imageSize: split.imageSize,
      epoch: info.epoch,
      seed: info.config.seed,
      data: split.set.folder,
    },
    split: split.split,
    images: split.images.length,
    seenImages: split.seenImages,
    ...accuracyAndLeakage(split),
    overlap: overlapOf(split.masks),
    masks: split.masks.map((mask) => [...mask]),
    dimensions: dimensionUse(split, tripletsOfNotions(split)),
    ...await byValues(split, seed, options.signal),
    probe: await probes(file, split, { ...options, seed }),
  };
}

/** How many triplets are in the right order, and how the masks leak. */
export function accuracyAndLeakage(
  split: EmbeddedSplit,
): Pick<ModelAnalysis, "triplets" | "accuracy" | "leakage"> {
  const triplets = tripletsOfNotions(split);
  return {
    triplets: triplets.map((rows) => rows.length / 3),
    accuracy: splitAccuracy(split, scoreTriplets(split)),
    leakage: leakageOf(split, triplets),
  };
}

/** Each notion's triplets as rows of the split's vectors. */
function tripletsOfNotions({ notions, triplets, positions }: EmbeddedSplit): Uint32Array[] {
  const places = Array.from(triplets.notion.keys());
  return notions.map((_, row) =>
    Uint32Array.from(
      places.filter((place) => triplets.notion[place] === row)
        .flatMap((place) => [...positions.subarray(3 * place, 3 * place + 3)]),
    )
  );
}

function overlapOf(masks: readonly Float32Array[]): MaskOverlap {
  return {
    cosine: masks.map((a) => masks.map((b) => maskCosine(a, b))),
    jaccard: masks.map((a) => masks.map((b) => maskJaccard(a, b))),
  };
}

function dimensionUse(
  { dimension, masks, vectors }: EmbeddedSplit,
  triplets: readonly Uint32Array[],
): DimensionUse {
  const active = masks.map(activeDimensions);
  return {
    active: active.map((dimensions) => dimensions.length),
    unused: dimension - new Set(active.flat()).size,
    removal: masks.map((mask, row) => removalErrors(vectors, mask, triplets[row])),
  };
}

/** What is measured of notions whose values are known. */
async function byValues(
  { notions, masks, vectors, images, values, groups }: EmbeddedSplit,
  seed: number,
  signal?: AbortSignal,
): Promise<Pick<ModelAnalysis, "ordinal" | "retrieval">> {
  const ordinal: OrdinalFit[] = [];
  const found: Retrieval[] = [];
  for (const [row, notion] of notions.entries()) {
    const attribute = values?.attributes.get(notion);
    if (attribute === undefined) continue;
    // Lets the event loop deliver an interruption.
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    const masked = new MaskedVectors(vectors, masks[row]);
    if (attribute.kind === "ordinal") {
      const random = { seed, stream: streamFor("pairs", row) };
      ordinal.push({
        notion,
        ...ordinalFit(masked, images, attribute, random, groups ?? undefined),
      });
    }
    const random = { seed, stream: streamFor("queries", row) };
    const scores = retrieval(masked, images, attribute, random, groups ?? undefined);
    if (scores !== null) found.push({ notion, ...scores });
  }
  return { ordinal, retrieval: found };
}
