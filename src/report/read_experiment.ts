import { CsnError, messageOf, shown } from "../base/errors.ts";
import { join } from "../files/paths.ts";
import type { Comparison } from "../experiment/comparison.ts";
import { completeComparison, completeSweep } from "../experiment/older_results.ts";
import type { Sweep } from "../experiment/sweep_points.ts";
import { type Shape, shapeFault } from "../analysis/shape_fault.ts";

/** The files with the results of experiments, and the members of them that a report needs. */
const kinds = {
  "compare.json": ["variants", "differences", "notions", "seeds"],
  "sweep.json": ["points", "seeds"],
} as const;

const estimate = { value: "number", low: "number", high: "number" } as const;
const notions = [{ name: "text", error: estimate }] as const;
const run = { seed: "number", error: "number" } as const;

/** What a report takes from each. */
const shapes: Readonly<Record<keyof typeof kinds, Shape>> = {
  "compare.json": {
    notions: ["text"],
    seeds: ["number"],
    variants: [{
      variant: "text",
      error: estimate,
      notions,
      seeds: [{ ...run, notions: ["number"] }],
    }],
    differences: [{ a: "text", b: "text", error: estimate, notions }],
  },
  "sweep.json": {
    seeds: ["number"],
    points: [{ variant: "text", triplets: "number", error: estimate, seeds: [run] }],
  },
};

/**
 * Reads compare.json of a folder; null when there is none. Throws a CsnError for a file that csn
 * did not write.
 */
export async function readComparison(folder: string): Promise<Comparison | null> {
  const found = await readExperiment(folder, "compare.json") as Comparison | null;
  if (found === null) return null;
  const names = new Set<string>(found.variants.map(({ variant }) => variant));
  const lost = found.differences.flatMap(({ a, b }) => [a, b]).find((name) => !names.has(name));
  if (lost === undefined) return completeComparison(found);
  throw new CsnError(
    `Cannot read ${join(folder, "compare.json")}: it has a difference of ${
      shown(lost)
    }, but no such variant; make it again with \`compare()\``,
  );
}

/**
 * Reads sweep.json of a folder; null when there is none. Throws a CsnError for a file that csn did
 * not write.
 */
export async function readSweep(folder: string): Promise<Sweep | null> {
  const found = await readExperiment(folder, "sweep.json") as Sweep | null;
  return found && completeSweep(found);
}

async function readExperiment(folder: string, name: keyof typeof kinds): Promise<unknown> {
  const file = join(folder, name);
  const problem = (what: string, cause?: unknown) =>
    new CsnError(
      `Cannot read ${file}: ${what}; make it again with \`${name.replace(".json", "")}()\``,
      { cause },
    );
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw problem(messageOf(error), error);
  }
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw problem(messageOf(error), error);
  }
  if (value?.format !== 1 && value?.format !== 2) {
    throw problem(`its format is ${shown(value?.format)}, it should be 1 or 2`);
  }
  const missing = kinds[name].find((member) => {
    const list = value[member];
    return !Array.isArray(list) || (member !== "differences" && list.length === 0);
  });
  if (missing !== undefined) throw problem(`"${missing}" is missing or empty`);
  const fault = shapeFault(value, shapes[name]);
  if (fault !== null) throw problem(`"${fault}" is missing or of the wrong kind`);
  return value;
}
