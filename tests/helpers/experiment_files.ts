/** What `compare` and `sweep` write, with invented numbers, for tests of what shows them. */
import { join } from "../../src/files/paths.ts";
import type { Comparison } from "../../src/experiment/comparison.ts";
import type { Sweep } from "../../src/experiment/sweep_points.ts";
import type { DifferenceEstimate } from "../../src/experiment/comparison.ts";
import type { MeanEstimate } from "../../src/statistics/estimate_mean.ts";

const notions = ["shape", "colour"];
const [standard, learned] = ["standard", "learned"] as const;

function about(value: number): MeanEstimate {
  return { value, low: value - 0.02, high: value + 0.03, images: 0.01, runs: 0.02 };
}

/** A difference that is shown alone, and not with all others. */
function difference(value: number): DifferenceEstimate {
  const simultaneous = { low: value - 0.5, high: value + 0.5 };
  return { ...about(value), simultaneous, seedsToShow: 3 };
}

function differencesOfNotions(...values: number[]) {
  return values.map((value, row) => ({ name: notions[row], error: difference(value) }));
}

function ofNotions(...values: number[]) {
  return values.map((value, row) => ({ name: notions[row], error: about(value) }));
}

function runOf(seed: number, error: number) {
  return {
    ...{ seed, error, notions: [error, error], ties: 0, trainTriplets: 80 },
    ...{ embeddedImages: 480, seconds: 12, epoch: 1 },
  };
}

function differenceOf(seed: number, error: number) {
  return { seed, error, notions: [error, error] };
}

/** Two variants, two seeds. */
export const comparison: Comparison = {
  format: 2,
  data: "tiny",
  notions,
  split: "test",
  testTriplets: 32,
  testImages: 30,
  units: { kind: "images", count: 30 },
  epochs: 2,
  trainTriplets: 40,
  seeds: [1, 2],
  command: "deno task compare --data tiny",
  variants: [
    {
      variant: standard,
      error: about(0.4),
      notions: ofNotions(0.35, 0.45),
      ties: 0,
      seeds: [runOf(1, 0.4), runOf(2, 0.4)],
    },
    {
      variant: learned,
      error: about(0.2),
      notions: ofNotions(0.25, 0.15),
      ties: 3,
      seeds: [runOf(1, 0.2), runOf(2, 0.2)],
    },
  ],
  differences: [{
    a: standard,
    b: learned,
    isPaired: true,
    error: difference(0.2),
    notions: differencesOfNotions(0.1, 0.3),
    seeds: [differenceOf(1, 0.21), differenceOf(2, 0.19)],
  }],
};

/** Two variants, two numbers of triplets; one of them was measured for one variant alone. */
export const sweep: Sweep = {
  format: 2,
  data: "tiny",
  notions,
  units: { kind: "images", count: 30 },
  epochs: 1,
  seeds: [1],
  command: "deno task sweep --data tiny",
  points: [
    { variant: standard, triplets: 10, error: about(0.5), seeds: [{ seed: 1, error: 0.5 }] },
    { variant: standard, triplets: 100, error: about(0.45), seeds: [{ seed: 1, error: 0.45 }] },
    { variant: learned, triplets: 100, error: about(0.25), seeds: [{ seed: 1, error: 0.25 }] },
  ],
};

/** Writes compare.json and sweep.json to a folder. */
export async function writeExperiments(folder: string): Promise<void> {
  await Deno.writeTextFile(join(folder, "compare.json"), JSON.stringify(comparison));
  await Deno.writeTextFile(join(folder, "sweep.json"), JSON.stringify(sweep));
}
