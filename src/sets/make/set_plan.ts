import type { Fit } from "../../images/fit.ts";
import { UsageError } from "../../base/errors.ts";
import type { Normalisation } from "../../network/normalisation.ts";
import type { Sampling } from "../attribute.ts";
import { type Split, splits } from "../image_set.ts";
import type { ColumnRule } from "./notions/rule.ts";
import { defaultShares, type SplitShares } from "../split_images.ts";
import type { TableOptions } from "./table/table.ts";

/** Triplets of each notion, by split. */
export type TripletCounts = Readonly<Record<Split, number>>;

/** What an image set is built from, and how. */
export interface SetPlan extends TableOptions {
  /**
   * The table, a row an image: .csv, .tsv, .txt, .xlsx, .jsonl, .json or .parquet. Needed unless
   * `folders` names a notion.
   */
  readonly attributes?: string;
  /** The folder that the table's images lie in. */
  readonly images: string;
  /** A notion whose values are the names of the folders in `images`, as of an ImageFolder tree. */
  readonly folders?: string;
  /** Columns that become notions, besides those that have a rule. */
  readonly notions?: readonly string[];
  /** Rules by column; what they leave out is guessed and reported. */
  readonly rules?: Readonly<Record<string, ColumnRule>>;
  /** The column of paths or ids. @default {the one whose cells name files that are there} */
  readonly imageColumn?: string;
  /** A column of groups: all images with the same value are in one split. */
  readonly groupColumn?: string;
  /**
   * A column that says which split each image is in: train, val or test in the usual spellings.
   */
  readonly splitColumn?: string;
  /** Sizes of the splits where none are given. @default {defaultShares} */
  readonly shares?: SplitShares;
  /** Decides splits and triplets. @default {1} */
  readonly seed?: number;
  /** Triplets of each notion. @default {paperTripletCounts} */
  readonly triplets?: TripletCounts;
  /** Which triplets are likely. @default {"balanced"} */
  readonly sampling?: Sampling;
  /** Values that fewer images have count as not known. @default {2} */
  readonly minImages?: number;
  /**
   * Whether to go on with guesses that may well be wrong. They are refused otherwise. @default
   * {false}
   */
  readonly acceptGuesses?: boolean;
  /** Whether more than 1 % of the table's images may be missing. @default {false} */
  readonly allowMissing?: boolean;
}

/** What `set.json` says of a set besides how it was made. */
export interface SetFace {
  readonly name: string;
  /** Folder of the images, relative to the set's folder or absolute. */
  readonly images: string;
  /** Whether a mirror image means the same. */
  readonly flip: boolean;
  /** How images become squares. @default {"crop"} */
  readonly fit?: Fit;
  readonly normalisation?: Normalisation;
  readonly about?: string;
  /** More of how it was made. */
  readonly made?: Readonly<Record<string, unknown>>;
}

/** The paper's (section 4.1): 200,000, 20,000 and 40,000 of each notion. */
export const paperTripletCounts: TripletCounts = { train: 200_000, val: 20_000, test: 40_000 };

/**
 * What the plan's rules say of a column; nothing for one such as "constructor", which every object
 * has.
 */
export function ruleOf({ rules = {} }: SetPlan, column: string): ColumnRule {
  return Object.hasOwn(rules, column) ? rules[column] : {};
}

/** What a set is made from, as errors name it. */
export function sourceOf({ attributes, images }: SetPlan): string {
  return attributes ?? images;
}

export function assertPlan(plan: SetPlan): void {
  const { minImages = 2, shares = defaultShares } = plan;
  assertDraw(plan);
  if (plan.attributes === undefined && plan.folders === undefined) {
    throw new UsageError(
      "Cannot make an image set without values: name a table with `attributes`, or with `folders` the notion that the folders' names are values of",
    );
  }
  if (!Number.isSafeInteger(minImages) || minImages < 1) {
    throw new UsageError(
      `Cannot use \`minImages: ${minImages}\`: it must be a whole number of at least 1`,
    );
  }
  for (const split of splits) {
    if (!(shares[split] > 0 && shares[split] < Infinity)) {
      throw new UsageError(
        `Cannot give ${split} the share ${
          shares[split]
        }: it must be a number above 0, such as the paper's 70,10,20`,
      );
    }
  }
}

/** Refuses a seed and counts of triplets that cannot be right, with a UsageError. */
export function assertDraw(
  { seed = 1, triplets = paperTripletCounts }: Pick<SetPlan, "seed" | "triplets">,
): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new UsageError(`Cannot use \`seed: ${seed}\`: it must be a whole number of at least 0`);
  }
  for (const split of splits) {
    if (!Number.isSafeInteger(triplets[split]) || triplets[split] < 1) {
      throw new UsageError(
        `Cannot draw ${
          triplets[split]
        } triplets for ${split}: it must be a whole number of at least 1`,
      );
    }
  }
}
