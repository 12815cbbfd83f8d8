/**
 * `deno task coverage [--replicates N]`: whether 95 % intervals hold what is true 95 of 100 times,
 * in worlds where that is known.
 */
import { Command } from "@commander-js/extra-typings";
import { wholeNumber } from "../../src/cli/options.ts";
import { table } from "../../src/cli/format.ts";
import { dataPath } from "../../src/cli/paths.ts";
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
import { setGraphs } from "./set_graphs.ts";
import { type Coverage, familyStudyOf, studyOf } from "./study.ts";
import type { Effects } from "./world.ts";

const { replicates, data } = new Command("coverage")
  .description("whether 95 % intervals hold what is true 95 of 100 times, in worlds of known truth")
  .option("--replicates <n>", "worlds that each setting is tried in", wholeNumber(1), 400)
  .option("--data <set>", "also on the test triplets of this image set")
  .parse()
  .opts();

/** What moves a triplet besides chance. */
function shown({ images = 0, groups = 0, run = 0, runOnImages = 0 }: Effects): string {
  const parts = [["images", images], ["groups", groups], ["run", run], [
    "run on images",
    runOnImages,
  ]]
    .filter(([, share]) => share !== 0).map(([name, share]) => `${name} ${share}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

function rowOf({ plan, coverage, length }: Coverage): string[] {
  // Near 0 the estimate is not normal, and no length is known to be right.
  const known = plan.error >= 0.1 ? length.toFixed(2) : "-";
  return [plan.name, shown(plan.effects), String(plan.runs), coverage.toFixed(3), known];
}

function print(title: string, rows: readonly string[][]): void {
  const headers = ["tested", "effects", "runs", "coverage", "length / known"];
  console.log(`${title}\n\n${table(headers, rows)}\n`);
}

print(
  "The error of one network",
  imagePlans.map((plan) => rowOf(studyOf(plan, "error", replicates))),
);
print("With groups", groupPlans.map((plan) => rowOf(studyOf(plan, "error", replicates))));
print(
  "The mean error of several runs",
  runPlans.map((plan) => rowOf(studyOf(plan, "error", replicates))),
);
print(
  "The difference of two equal networks (A/A)",
  runPlans.map((plan) => rowOf(studyOf(plan, "difference", replicates))),
);
if (data !== undefined) {
  const rows = (await setGraphs(dataPath(data))).flatMap(({ name, graph }) =>
    setPlans.map((each) => {
      const { triplets, groups } = graph;
      const [images, units] = [groups.length, new Set(groups).size];
      const plan = {
        ...{ ...each, images, groupSize: 1, triplets: triplets.length / 3 },
        name: `${name}: ${units} ${units < images ? "groups" : "images"}, ${
          triplets.length / 3
        } triplets, error ${100 * each.error} %`,
      };
      return rowOf(studyOf(plan, "error", replicates, { graph }));
    })
  );
  print(`The test triplets of ${data}`, rows);
}
/** Of recalls near 0 and 1, and of mAP near 1: they are not normal, and no length is known right. */
function hasKnownLength({ measure, truth }: MeasureCoverage): boolean {
  if (measure === "Spearman") return true;
  return truth <= 0.9 && (measure === "mAP" || truth >= 0.1);
}

const rowsOf = (places: Places, measures: readonly Measure[]) => {
  const units = places.images / places.groupSize;
  const kind = places.groupSize === 1 ? "images" : "groups";
  const name = `${units} ${kind} of ${places.kinds} kinds, signal ${places.signal}`;
  return measuresOf(places, measures, Math.ceil(replicates / 2)).map((each) => [
    ...[name, each.measure, each.truth.toFixed(3), each.coverage.toFixed(3)],
    hasKnownLength(each) ? each.length.toFixed(2) : "-",
  ]);
};
console.log("Retrieval and order\n");
console.log(
  table(["tested", "measure", "mean", "coverage", "length / known"], [
    ...retrievalPlans.flatMap((places) => rowsOf(places, ofRetrieval(places))),
    ...orderPlans.flatMap((places) => rowsOf(places, ["Spearman"])),
  ]),
  "\n",
);
const families = familyPlans.map((plan) =>
  familyStudyOf(plan, { networks: 4, notions: 4, replicates: Math.ceil(replicates / 2) })
);
console.log(
  "Tables of differences of four equal networks, by four notions and all, without a false claim\n",
);
console.log(table(
  ["runs", "differences", "single intervals", "all at once"],
  families.map(({ runs, differences, single, atOnce }) => [
    String(runs),
    String(differences),
    single.toFixed(3),
    atOnce.toFixed(3),
  ]),
));
