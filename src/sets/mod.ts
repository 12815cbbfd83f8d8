/**
 * The door to image sets: open one, make one from a table, examine it, read its triplets and its
 * pixels.
 *
 * @example Make a set from images and a table, and examine it
 * ```ts
 * import { auditSet, makeTriplets, openImageSet } from "@csn/csn/sets";
 *
 * await makeTriplets("data/shapes", {
 *   images: "photos",
 *   attributes: "photos.csv",
 *   notions: ["shape"],
 *   triplets: { train: 40, val: 10, test: 10 },
 * });
 * const { report } = await auditSet(await openImageSet("data/shapes"));
 * console.log(report.ok, report.problems);
 * ```
 *
 * @module
 */
export { type ImageSet, openImageSet, type Split, splits } from "./image_set.ts";
export { readSetValues, type SetValues, valueColumns } from "./set_values.ts";

export { type CheckedTriplet, readCheckedTriplets } from "./checked_triplets.ts";

// Make a set
export { makeTriplets, type MakeTripletsOptions } from "./make/make_triplets.ts";
export type { SetPlan, TripletCounts } from "./make/set_plan.ts";
export type {
  Dropped,
  NotionReport,
  NotionSummary,
  SetReport,
  SetSummary,
} from "./make/set_report.ts";
export type { Bin } from "./make/notions/bins.ts";
export type {
  CategoricalRule,
  ColumnRule,
  MultiRule,
  NotionRule,
  NumericRule,
  OrdinalRule,
  Rule,
} from "./make/notions/rule.ts";
export type { ValueCount } from "./make/notions/value_count.ts";
export type { Correlation } from "./make/notions/correlation.ts";
export type { TableOptions } from "./make/table/table.ts";
export type { SplitShares } from "./split_images.ts";

// Sets that csn knows
export { type FontsSetOptions, type FontsSetResult, makeFontsSet } from "./fonts/make_fonts_set.ts";
export { getZappos, type ZapposOptions } from "./zappos/zappos.ts";

// Examine a set
export {
  type AuditOptions,
  type AuditReport,
  auditSet,
  type Finding,
  type ListReport,
} from "./audit/audit_set.ts";

// Triplets
export type { ExcludedTriplets, ExcludeList } from "./excluded_triplets.ts";
export {
  loadTriplets,
  type NotionTriplets,
  type TripletOptions,
  type Triplets,
} from "./triplets.ts";
export { readTripletList, tripletListPath, writeTripletList } from "./triplet_list.ts";
export { drawTriplets, type DrawTripletsOptions } from "./make/draw_triplets.ts";
export type {
  Attribute,
  CategoricalAttribute,
  MultiAttribute,
  OrderedAttribute,
  OrdinalAttribute,
  Sampling,
} from "./attribute.ts";

// Pixels
export { type Pack, type PackOptions, preparePack, type UnreadableImage } from "./pack/pack.ts";
export { type MapOptions, mapPack, unusableImages } from "./pack/map_pack.ts";
