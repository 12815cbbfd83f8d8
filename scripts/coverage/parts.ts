/** What the study measures: its tables, and the settings of each. */
import {
  type Measure,
  type MeasureCoverage,
  measuresOf,
  ofRetrieval,
  type Places,
} from "./measures.ts";
import {
  familyPlans,
  groupPlans,
  imagePlans,
  orderPlans,
  retrievalPlans,
  runPlans,
  setPlans,
} from "./plans.ts";
import type { SetGraph } from "./set_graphs.ts";
import { familyStudyOf, type Measured, studyOf } from "./study.ts";
import type { Effects, Graph, Plan } from "./world.ts";

/** A table of the study. */
export interface Part {
  readonly title: string;
  readonly headers: readonly string[];
  /** What the last columns look like before they are measured. */
  readonly numbers: readonly string[];
  readonly settings: readonly Setting[];
}

/** What is measured at once: a row, or those of several measures in the same worlds. */
export interface Setting {
  /** [row]: the first columns. */
  readonly labels: readonly (readonly string[])[];
  /** [row]: the last columns, from so many worlds. */
  readonly measured: (replicates: number) => readonly (readonly string[])[];
}

/** All tables; `graphs` are the test triplets of an image set, where one is given. */
export function partsOf(set?: { readonly name: string; readonly graphs: SetGraph[] }): Part[] {
  const tested = (plans: readonly Plan[], measured: Measured) =>
    plans.map((plan) => triplets(plan, measured));
  return [
    errors("The error of one network", tested(imagePlans, "error")),
    errors("With groups", tested(groupPlans, "error")),
    errors("The mean error of several runs", tested(runPlans, "error")),
    errors("The difference of two equal networks (A/A)", tested(runPlans, "difference")),
    ...set === undefined
      ? []
      : [errors(`The test triplets of ${set.name}`, set.graphs.flatMap(ofGraph))],
    {
      title: "Retrieval and order",
      headers: ["tested", "measure", "mean", "coverage", "length / known"],
      numbers: ["0.000", "0.000", "0.00"],
      settings: [
        ...retrievalPlans.map((places) => placed(places, ofRetrieval(places))),
        ...orderPlans.map((places) => placed(places, ["Spearman"])),
      ],
    },
    {
      title:
        "Tables of differences of four equal networks, by four notions and all, without a false claim",
      headers: ["runs", "differences", "single intervals", "all at once"],
      numbers: ["000", "0.000", "0.000"],
      settings: familyPlans.map(family),
    },
  ];
}

/** The settings whose table or row has one of some texts in its name; tables without any left out. */
export function onlyOf(parts: readonly Part[], texts: readonly string[]): Part[] {
  const isMeant = (title: string, { labels }: Setting) =>
    labels.some((label) => {
      const name = [title, ...label].join(", ").toLowerCase();
      return texts.some((text) => name.includes(text.toLowerCase()));
    });
  return parts.map((part) => ({
    ...part,
    settings: part.settings.filter((setting) => isMeant(part.title, setting)),
  })).filter(({ settings }) => settings.length > 0);
}

function errors(title: string, settings: readonly Setting[]): Part {
  const headers = ["tested", "effects", "runs", "coverage", "length / known"];
  return { title, headers, numbers: ["0.000", "0.00"], settings };
}

function triplets(plan: Plan, measured: Measured, graph?: Graph): Setting {
  return {
    labels: [[plan.name, shown(plan.effects), String(plan.runs)]],
    measured: (replicates) => {
      const { coverage, length } = studyOf(plan, measured, replicates, { graph });
      // Near 0 the estimate is not normal, and no length is known to be right.
      return [[coverage.toFixed(3), plan.error >= 0.1 ? length.toFixed(2) : "-"]];
    },
  };
}

/** What moves a triplet besides chance. */
function shown({ images = 0, groups = 0, run = 0, runOnImages = 0 }: Effects): string {
  const effects = { images, groups, run, "run on images": runOnImages };
  const parts = Object.entries(effects)
    .filter(([, share]) => share !== 0).map(([name, share]) => `${name} ${share}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

function ofGraph({ name, graph }: SetGraph): Setting[] {
  const [images, units] = [graph.groups.length, new Set(graph.groups).size];
  const count = graph.triplets.length / 3;
  const size = `${units} ${units < images ? "groups" : "images"}, ${count} triplets`;
  return setPlans.map((each) =>
    triplets(
      {
        ...{ ...each, images, groupSize: 1, triplets: count },
        name: `${name}: ${size}, error ${100 * each.error} %`,
      },
      "error",
      graph,
    )
  );
}

/** Retrieval and order take longer, and are tried in half as many worlds. */
const half = (replicates: number) => Math.ceil(replicates / 2);

function placed(places: Places, measures: readonly Measure[]): Setting {
  const units = places.images / places.groupSize;
  const kind = places.groupSize === 1 ? "images" : "groups";
  const name = `${units} ${kind} of ${places.kinds} kinds, signal ${places.signal}`;
  return {
    labels: measures.map((measure) => [name, measure]),
    measured: (replicates) =>
      measuresOf(places, measures, half(replicates)).map((each) => [
        ...[each.truth.toFixed(3), each.coverage.toFixed(3)],
        hasKnownLength(each) ? each.length.toFixed(2) : "-",
      ]),
  };
}

/** Of recalls near 0 and 1, and of mAP near 1: they are not normal, and no length is known right. */
function hasKnownLength({ measure, truth }: MeasureCoverage): boolean {
  if (measure === "Spearman") return true;
  return truth <= 0.9 && (measure === "mAP" || truth >= 0.1);
}

function family(plan: Plan): Setting {
  return {
    labels: [[String(plan.runs)]],
    measured: (replicates) => {
      const options = { networks: 4, notions: 4, replicates: half(replicates) };
      const { differences, single, atOnce } = familyStudyOf(plan, options);
      return [[String(differences), single.toFixed(3), atOnce.toFixed(3)]];
    },
  };
}
