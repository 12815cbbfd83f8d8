import { isObject } from "../base/json_values.ts";
import { logistic } from "../statistics/logistic_fit.ts";
import type { Reliability } from "../statistics/reliability.ts";

/** What a chance is computed from: the distance by a notion, or its square. */
export type ChanceMeasure = "distance" | "square";

/** How a distance by a notion becomes a chance. */
export interface NotionCalibration {
  /** The notion. */
  readonly notion: string;
  /** Whether one image is nearer than another. */
  readonly nearer: NearerCalibration;
  /** Whether two images have the same value; null for a set without values of the notion. */
  readonly same: SameCalibration | null;
}

/** What a fit was made from, and how well it predicts what it was not made from. */
export interface FittedChance {
  /** Which measure of distance predicts better. */
  readonly measure: ChanceMeasure;
  /** Mean log likelihood, in nats, of what was left out of the fit, by each measure. */
  readonly logLikelihood: Readonly<Record<ChanceMeasure, number>>;
  /** How far the chances of what was left out of the fit can be relied on. */
  readonly reliability: Reliability;
}

/** P(a person who judges by the notion calls x nearer than y) = 1 / (1 + exp(-slope (y - x))). */
export interface NearerCalibration extends FittedChance {
  /** Per unit of the measure. */
  readonly slope: number;
  /** Triplets that it was fitted to. */
  readonly triplets: number;
}

/** P(the images have the same value) = 1 / (1 + exp(-(intercept + slope x))). */
export interface SameCalibration extends FittedChance {
  /** The logit at no distance. */
  readonly intercept: number;
  /** Per unit of the measure; below 0 where the near are alike. */
  readonly slope: number;
  /** Pairs of images that it was fitted to. */
  readonly pairs: number;
}

/** How a model's distances become chances; stored in its file. */
export interface Calibration {
  /** Name of the image set. */
  readonly set: string;
  /** The split whose triplets and values it was fitted to. */
  readonly split: string;
  /** What decided which images are left out together. */
  readonly seed: number;
  /** By notion, in the model's order. */
  readonly notions: readonly NotionCalibration[];
}

/** Chances about one hit by one notion. */
export interface HitChances {
  /**
   * That a person who judges by the notion calls it nearer to the query than an image at the median
   * distance between images of the searched set; null for a set without one.
   */
  readonly nearer: number | null;
  /** That it has the query's value; null where values were not known. */
  readonly same: number | null;
}

/**
 * The chance that a person who judges by the notion calls x nearer than y, whose squared distances
 * by it are `x` and `y`.
 */
export function chanceNearer(
  { measure, slope }: Pick<NearerCalibration, "measure" | "slope">,
  { x, y }: { readonly x: number; readonly y: number },
): number {
  return logistic(slope * (measured(measure, y) - measured(measure, x)));
}

/** The chance that images at this squared distance by the notion have the same value. */
export function chanceSame(
  { measure, slope, intercept }: Pick<SameCalibration, "measure" | "slope" | "intercept">,
  square: number,
): number {
  return logistic(intercept + slope * measured(measure, square));
}

/** A squared distance in the measure of a calibration. */
export function measured(measure: ChanceMeasure, square: number): number {
  return measure === "square" ? square : Math.sqrt(square);
}

/** Whether a value from a file is a calibration as far as searching needs one. */
export function isCalibration(value: unknown): value is Calibration {
  return isObject(value) && Array.isArray(value.notions) && value.notions.every(isNotion);
}

function isNotion(value: unknown): boolean {
  return isObject(value) && typeof value.notion === "string" && isFit(value.nearer, ["slope"]) &&
    (value.same === null || isFit(value.same, ["slope", "intercept"]));
}

function isFit(value: unknown, numbers: readonly string[]): boolean {
  return isObject(value) && (value.measure === "distance" || value.measure === "square") &&
    numbers.every((name) => Number.isFinite(value[name])) && isObject(value.reliability) &&
    Array.isArray(value.reliability.bins) && isObject(value.reliability.error);
}
