/** How often intervals hold what is true, and how long they are beside those of one who knows. */
import {
  estimateMean,
  halfOf,
  type TripletSample,
  variancePartsOf,
} from "../../src/statistics/estimate_mean.ts";
import { ImageVariance } from "../../src/statistics/image_variance.ts";
import { meanOf, varianceOf } from "../../src/statistics/mean.ts";
import { normalQuantile, studentT } from "../../src/statistics/quantiles.ts";
import { SharedImages } from "../../src/statistics/shared_images.ts";
import {
  type FamilyMember,
  lengthened,
  simultaneousFactor,
} from "../../src/statistics/simultaneous.ts";
import { Deviates, type Graph, graphOf, natureOf, type Plan, runOf } from "./world.ts";

/** What is measured: one network's error, or the difference of two that do not differ. */
export type Measured = "error" | "difference";

/** What a study of one plan found. */
export interface Coverage {
  readonly plan: Plan;
  readonly measured: Measured;
  /** Share of intervals that hold the truth. */
  readonly coverage: number;
  /** Mean half length, as a multiple of that by the true variances. */
  readonly length: number;
}

/** Repeats a test of a plan in as many worlds. */
export function studyOf(
  plan: Plan,
  measured: Measured,
  replicates: number,
  { units: kind = "groups", graph = graphOf(plan) }: {
    readonly units?: "groups" | "images";
    readonly graph?: Graph;
  } = {},
): Coverage {
  const units = kind === "images"
    ? graph.triplets
    : graph.triplets.map((image) => graph.groups[image]);
  const images = new ImageVariance(new SharedImages(units));
  const truth = measured === "error" ? plan.error : 0;
  const found: { value: number; half: number; runs: number }[] = [];
  let held = 0;
  for (let replicate = 0; replicate < replicates; replicate++) {
    const deviates = new Deviates(replicate);
    const nature = natureOf(plan, graph, deviates);
    const network = () =>
      Array.from({ length: plan.runs }, () => runOf(plan, graph, nature, deviates));
    const sample: TripletSample = measured === "error"
      ? { runs: network(), images, isShare: true }
      : { runs: differencesOf(network(), network()), images };
    const { value, low, high } = estimateMean(sample);
    if (low <= truth && truth <= high) held++;
    found.push({ value, half: (high - low) / 2, runs: variancePartsOf(sample).runs });
  }
  return {
    plan,
    measured,
    coverage: held / replicates,
    length: meanOf(found.map(({ half }) => half)) / knownHalf(plan, found),
  };
}

/** Half of the interval by the variances that the estimates really have. */
function knownHalf(
  { runs }: Plan,
  found: readonly { value: number; runs: number }[],
): number {
  const all = varianceOf(found.map(({ value }) => value));
  const ofRuns = runs < 2 ? 0 : Math.min(all, meanOf(found.map((each) => each.runs)));
  return halfOf({
    images: all - ofRuns,
    runs: ofRuns,
    imagesT: normalQuantile,
    runsT: runs < 2 ? 0 : studentT(runs - 1),
  });
}

/** How often a table of differences that are none claims one. */
export interface FamilyCoverage {
  readonly runs: number;
  /** Differences in a table. */
  readonly differences: number;
  /** Share of tables in which all single intervals hold 0, and all that are taken at once. */
  readonly single: number;
  readonly atOnce: number;
}

/** Equal networks compared in a table: every two, by every notion and all. */
export function familyStudyOf(
  plan: Plan,
  { networks, notions, replicates }: {
    readonly networks: number;
    readonly notions: number;
    readonly replicates: number;
  },
): FamilyCoverage {
  const graphs = Array.from({ length: notions }, (_, stream) => graphOf(plan, stream));
  const units = graphs.map(({ triplets, groups }) => triplets.map((image) => groups[image]));
  const all = Uint32Array.from(units.flatMap((each) => [...each]));
  const images = [all, ...units].map((each) => new ImageVariance(new SharedImages(each)));
  const perNotion = units.map((each) => each.length / 3);
  let [single, atOnce] = [0, 0];
  let differences = 0;
  for (let replicate = 0; replicate < replicates; replicate++) {
    const deviates = new Deviates(replicate);
    const natures = graphs.map((graph) => natureOf(plan, graph, deviates));
    // [network][notion][run]
    const runs = Array.from(
      { length: networks },
      () =>
        graphs.map((graph, notion) =>
          Array.from({ length: plan.runs }, () => runOf(plan, graph, natures[notion], deviates))
        ),
    );
    const members: FamilyMember[] = [];
    for (let a = 0; a < networks; a++) {
      for (let b = a + 1; b < networks; b++) {
        const byNotion = graphs.map((_, notion) => differencesOf(runs[a][notion], runs[b][notion]));
        const together = byNotion[0].map((_, run) =>
          Float64Array.from(byNotion.flatMap((each) => [...each[run]]))
        );
        [together, ...byNotion].forEach((values, place) =>
          members.push({
            sample: { runs: values, images: images[place] },
            pair: [a, b],
            notion: place === 0 ? null : place - 1,
          })
        );
      }
    }
    differences = members.length;
    const estimates = members.map(({ sample }) => estimateMean(sample));
    const factor = simultaneousFactor(members, { seed: 1, notions: perNotion, replicates: 500 });
    const holds = ({ low, high }: { low: number; high: number }) => low <= 0 && 0 <= high;
    if (estimates.every(holds)) single++;
    if (estimates.every((each) => holds(lengthened(each, factor)))) atOnce++;
  }
  return { runs: plan.runs, differences, single: single / replicates, atOnce: atOnce / replicates };
}

function differencesOf(
  a: readonly Float64Array[],
  b: readonly Float64Array[],
): Float64Array[] {
  return a.map((run, i) => run.map((value, t) => value - b[i][t]));
}
