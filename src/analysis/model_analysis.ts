import type { Accuracy } from "./split_accuracy.ts";
import type { SeenImages } from "../model/seen_counts.ts";
import type { Estimate, Interval } from "../statistics/estimate.ts";

/**
 * What a model's masks learned, as plain JSON: `analysis.json`. Lists by notion follow
 * `model.notions`.
 */
export interface ModelAnalysis {
  /** Version of this description. */
  readonly format: 1;
  /** The model that was analysed. */
  readonly model: AnalysedModel;
  /** Part of the set whose images and triplets were used: "train", "val" or "test". */
  readonly split: string;
  /** Images of it that were embedded. */
  readonly images: number;
  /** Those that the model was trained on or chosen by; null when its file does not know them. */
  readonly seenImages: SeenImages | null;
  /** Triplets of each notion. */
  readonly triplets: readonly number[];
  /** How many triplets are in the right order, with 95 % intervals. */
  readonly accuracy: Accuracy;
  /** Each notion's triplets, scored under every notion's mask and under none. */
  readonly leakage: Leakage;
  /**
   * How much the masks of two notions have in common, [notion][notion]; null where a mask is all
   * zeros.
   */
  readonly overlap: MaskOverlap;
  /** The effective masks, [notion][dimension]. */
  readonly masks: readonly (readonly number[])[];
  /** What single dimensions do. */
  readonly dimensions: DimensionUse;
  /** Of each notion whose values have an order and are known. */
  readonly ordinal: readonly OrdinalFit[];
  /** Of each notion whose values are known. */
  readonly retrieval: readonly Retrieval[];
  /**
   * How well columns that the model was not trained on are predicted from the unmasked embedding.
   */
  readonly probe: readonly LinearProbe[];
}

/** Which model was analysed. */
export interface AnalysedModel {
  /** Name of its run. */
  readonly name: string;
  /** Its file. */
  readonly path: string;
  /** One of the paper's variants: "standard", "specialists", "fixed", "learned", "prein". */
  readonly variant: string;
  /** Its notions, in the order of the masks' rows. */
  readonly notions: readonly string[];
  /** Dimensions of an embedding. */
  readonly dimension: number;
  /** Side of the images in pixels. */
  readonly imageSize: number;
  /** The epoch whose weights these are. */
  readonly epoch: number;
  /** Seed of its run. */
  readonly seed: number;
  /** Folder of the image set that was used. */
  readonly data: string;
}

/**
 * Errors of triplets under masks that are not their own: how much of one notion another's mask
 * sees.
 */
export interface Leakage {
  /** Whose mask: the notions, then "no mask". */
  readonly columns: readonly string[];
  /**
   * [notion of the triplets][column]: share of triplets in the wrong order, 0 to 1; a tie is wrong.
   */
  readonly error: readonly (readonly number[])[];
  /** The 95 % interval of each, for this model on other images (or groups). */
  readonly intervals: readonly (readonly Interval[])[];
  /**
   * [notion of the triplets][notion]: the share in the wrong order when true values of the second
   * notion stand in place of the embedding, a tie counting half; of triplets whose three values are
   * known, null where there are none. Below 0.5, the notions are related in the data, so an error
   * leaks only as far as it is below this. Null for a set that knows no values.
   */
  readonly baseline: readonly (readonly (number | null)[])[] | null;
  /**
   * The baseline less the error, on the same triplets, with its 95 % interval: where it lies above
   * 0, the mask tells more of the notion than the relation of the two in the data does.
   */
  readonly excess: readonly (readonly (Estimate | null)[])[] | null;
}

/** How much the masks of two notions have in common. */
export interface MaskOverlap {
  /** Cosine of the angle between the masks, 0 to 1. */
  readonly cosine: readonly (readonly (number | null)[])[];
  /** Dimensions active for both, as a share of those active for either, 0 to 1. */
  readonly jaccard: readonly (readonly (number | null)[])[];
}

/** What single dimensions do. */
export interface DimensionUse {
  /** Dimensions that are active (not 0) in each notion's mask. */
  readonly active: readonly number[];
  /** Dimensions that no mask uses. */
  readonly unused: number;
  /**
   * [notion][dimension]: error of the notion's triplets without the dimension, minus that with it.
   */
  readonly removal: readonly (readonly number[])[];
}

/** How well distance follows the difference of values of a notion that has an order. */
export interface OrdinalFit {
  /** The notion. */
  readonly notion: string;
  /**
   * Spearman's correlation of masked distance and difference, -1 to 1; null when one of them is
   * constant.
   */
  readonly spearman: number | null;
  /**
   * Its 95 % interval, for other images (or groups) of the same kind; null where it is not known:
   * of fewer than four, or a correlation of 1 or -1.
   */
  readonly interval: Interval | null;
  /** Pairs of images it was measured on. */
  readonly pairs: number;
}

/** Scores of ranking images by their distance to a query, 0 to 1 each. */
export interface RetrievalScores {
  /** Share of queries whose nearest image is alike. */
  readonly recallAt1: number;
  /** Share of queries with an image that is alike among the ten nearest. */
  readonly recallAt10: number;
  /** Mean over queries of the average precision over the whole ranking. */
  readonly meanAveragePrecision: number;
}

/**
 * 95 % intervals of retrieval's scores; null of a single image (or group), and of mean average
 * precision below 30 of them.
 */
export type RetrievalIntervals = { readonly [score in keyof RetrievalScores]: Interval | null };

/** How well images that are alike by a notion are found under its mask. */
export interface Retrieval extends RetrievalScores {
  /** The notion. */
  readonly notion: string;
  /** For other images (or groups) of the same kind, as queries and among those that are ranked. */
  readonly intervals: RetrievalIntervals;
  /** Queries that were scored. */
  readonly queries: number;
  /** Queries left out because no other image is alike. */
  readonly withoutRelevant: number;
  /** Images that each query was compared with. */
  readonly gallery: number;
  /** What a ranking at random is expected to score. */
  readonly chance: RetrievalScores;
}

/** How well a linear classifier on the unmasked embedding predicts a column's values. */
export interface LinearProbe {
  /** The column. */
  readonly column: string;
  /** Different values of the training images. */
  readonly classes: number;
  /** Share of the split's images whose value is predicted rightly, 0 to 1. */
  readonly accuracy: number;
  /**
   * Its 95 % interval, for this classifier on other images (or groups) of the same kind; null of a
   * single one.
   */
  readonly interval: Interval | null;
  /** Share of those that have the value most training images have: what guessing gets. */
  readonly majority: number;
  /** Images of the training split that it was fitted on. */
  readonly train: number;
  /** Images of the analysed split that it was scored on. */
  readonly test: number;
  /** Images left out because no training image has their value. */
  readonly unseen: number;
}
