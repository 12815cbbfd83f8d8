import { shown, UsageError } from "../base/errors.ts";
import type { ExperimentOptions } from "./experiment_options.ts";

/**
 * Throws a UsageError for a folder that is missing, seeds that are no list of whole numbers, and
 * `triplets` that are not what `areTriplets` accepts, in these words.
 */
export function checkOptions(
  what: "compare" | "sweep",
  { data, out, seeds, triplets }: ExperimentOptions & { readonly triplets?: unknown },
  words: string,
  areTriplets: (value: unknown) => boolean,
): void {
  for (const [name, folder] of Object.entries({ data, out })) {
    if (typeof folder === "string") continue;
    throw new UsageError(
      `Cannot ${what}: \`${name}\` is missing; an experiment needs \`data\`, the folder of an image set, and \`out\`, a folder for its runs`,
    );
  }
  if (seeds !== undefined && !areWhole(seeds, 0)) {
    refuse(what, "seeds", seeds, "a list of whole numbers, such as [1, 2, 3]");
  }
  if (triplets !== undefined && !areTriplets(triplets)) refuse(what, "triplets", triplets, words);
}

/** Whether these are a list of whole numbers from `least` on. */
export function areWhole(values: unknown, least: number): boolean {
  return Array.isArray(values) && values.every((value) => isWhole(value, least));
}

/** Whether this is a whole number from `least` on. */
export function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function refuse(what: string, option: string, value: unknown, words: string): never {
  throw new UsageError(`Cannot ${what} with \`${option}\` ${shown(value)}: it must be ${words}`);
}
