import type { Split } from "./image_set.ts";
import type { ValueCount } from "./notions/attribute_of.ts";
import type { Correlation } from "./notions/correlation.ts";
import type { NotionRule } from "./notions/rule.ts";
import type { TripletCounts } from "./set_plan.ts";

/** What was built, and what was left out. */
export interface SetReport {
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
  readonly notions: readonly NotionReport[];
  /** Rows of the table that gave no image, by reason. */
  readonly dropped: readonly Dropped[];
  /** What may be wrong, in plain sentences. */
  readonly warnings: readonly string[];
  /** How much each pair of notions has in common. */
  readonly correlations: readonly Correlation[];
}

/** The same for one notion. */
export interface NotionReport extends NotionRule {
  /** Images whose value is known. */
  readonly known: number;
  /** Its values. */
  readonly values: readonly ValueCount[];
  /** Values with too few images, which count as not known. */
  readonly droppedValues: readonly ValueCount[];
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
