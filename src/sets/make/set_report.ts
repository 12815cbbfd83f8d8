import type { Split } from "../image_set.ts";
import type { ValueCount } from "./notions/value_count.ts";
import type { Bin } from "./notions/bins.ts";
import type { Correlation } from "./notions/correlation.ts";
import type { NotionRule } from "./notions/rule.ts";
import type { TripletCounts } from "./set_plan.ts";

/** What a set will be, known before any triplet is drawn. */
export interface SetSummary {
  /** The column that named the images, given or guessed; null for a folder without a table. */
  readonly imageColumn: string | null;
  /** Why it was taken, in words. */
  readonly imageColumnWhy: string;
  /** Rows whose image is there, and rows of the table. */
  readonly matched: { readonly rows: number; readonly of: number };
  /** What was understood of the table's form and of given splits, in words. */
  readonly understood: readonly string[];
  /** Images of the set. */
  readonly images: number;
  /** Images of each split. */
  readonly splits: Readonly<Record<Split, number>>;
  /** What became of each notion. */
  readonly notions: readonly NotionSummary[];
  /** Rows of the table that gave no image, by reason. */
  readonly dropped: readonly Dropped[];
  /** What may be wrong, in plain sentences. */
  readonly warnings: readonly string[];
}

/** What was built, and what was left out. */
export interface SetReport extends SetSummary {
  /** What became of each notion. */
  readonly notions: readonly NotionReport[];
  /** How much each pair of notions has in common. */
  readonly correlations: readonly Correlation[];
}

/** What one notion says of the images. */
export interface NotionSummary extends NotionRule {
  /** Images whose value is known. */
  readonly known: number;
  /** Its values. */
  readonly values: readonly ValueCount[];
  /** Values with too few images, which count as not known. */
  readonly droppedValues: readonly ValueCount[];
  /** How what is not known is spelt in the table, and in how many cells; "" for empty ones. */
  readonly unknown: readonly ValueCount[];
  /** Of numbers in bins: the bins, from the lowest. */
  readonly bins?: readonly Bin[];
}

/** The same, with what was drawn. */
export interface NotionReport extends NotionSummary {
  /** Triplets in each list; fewer than were asked for when there are no more. */
  readonly triplets: TripletCounts;
}

/** Rows that were left out. */
export interface Dropped {
  /** Why, in words. */
  readonly reason: string;
  /** How many. */
  readonly rows: number;
  /** The first of them, as the table names them. */
  readonly examples: readonly string[];
}
