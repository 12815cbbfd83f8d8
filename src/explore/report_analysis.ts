import type { ModelAnalysis } from "../analysis/model_analysis.ts";
import { messageOf } from "../base/errors.ts";
import { isObject } from "../base/json_values.ts";
import { join } from "../files/paths.ts";
import type { Model } from "../model/model.ts";
import type { Split } from "../sets/image_set.ts";

/** What the report beside a model says. */
export interface ReportAnalysis {
  /** Its analysis of this very model; null where there is none. */
  readonly analysis: ModelAnalysis | null;
  /** Why the analysis that lies there is not taken; null where none lies there. */
  readonly stale: string | null;
}

/** The analysis of the report in a run's folder, of this model on this split. */
export async function reportAnalysis(
  runFolder: string,
  model: Model,
  split: Split,
): Promise<ReportAnalysis> {
  const file = join(runFolder, "report", "analysis.json");
  const not = (why: string | null): ReportAnalysis => ({ analysis: null, stale: why });
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return not(null);
    return not(`The report's ${file} cannot be read: ${messageOf(error)}`);
  }
  const found = parse(text);
  if (found === null) return not(`The report's ${file} is damaged`);
  if (!isOf(found, model)) {
    return not(
      `The report beside the model is of epoch ${found.model.epoch} of ${found.model.name}, not of this model`,
    );
  }
  if (found.split !== split) {
    return not(`The report beside the model is of the ${found.split} split`);
  }
  return { analysis: found, stale: null };
}

/** Null for what is no analysis. */
function parse(text: string): ModelAnalysis | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || value.format !== 1) return null;
  const { model, accuracy, leakage, masks, triplets, split } = value;
  const isWhole = isObject(model) && Array.isArray(model.notions) && typeof split === "string" &&
    isObject(accuracy) && Array.isArray(accuracy.notions) && isObject(accuracy.units) &&
    isObject(leakage) && Array.isArray(leakage.error) && Array.isArray(leakage.intervals) &&
    Array.isArray(masks) && Array.isArray(triplets);
  return isWhole ? value as unknown as ModelAnalysis : null;
}

/** Whether an analysis is of a model: of the same epoch of the same run, with the same masks. */
function isOf({ model: of, masks }: ModelAnalysis, { info, notions, masks: own }: Model): boolean {
  return of.name === info.config.name && of.variant === info.variant && of.epoch === info.epoch &&
    of.seed === info.config.seed && of.dimension === info.dimension &&
    of.notions.length === notions.length &&
    notions.every((notion, row) =>
      of.notions[row] === notion &&
      own.get(notion)!.every((value, d) => Math.fround(masks[row]?.[d]) === value)
    );
}
