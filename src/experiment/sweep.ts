import type { Sweep, SweepPoint } from "./sweep_points.ts";
import { sweepCsv } from "./sweep_csv.ts";
import { estimateMean } from "../statistics/estimate_mean.ts";
import { type Variant, variants } from "../network/variant.ts";
import type { Cell } from "./cell.ts";
import { areWhole, checkOptions } from "./check_options.ts";
import type { ExperimentOptions } from "./experiment_options.ts";
import { prepareExperiment, writeResults } from "./prepare_experiment.ts";
import type { CellResult } from "./run_cell.ts";
import { runCells } from "./run_cells.ts";
import { checkEnough } from "./training_lists.ts";
import { TripletParts } from "../statistics/triplet_parts.ts";
import { wrongOnes } from "./outcomes.ts";

/** What is swept. */
export interface SweepOptions extends ExperimentOptions {
  /**
   * Numbers of training triplets of each notion. @default {a ladder up to the shortest training
   * list}
   */
  readonly triplets?: readonly number[];
}

/**
 * Trains every variant with every number of triplets and every seed, as far as that is not done in
 * `out`, tests all on the same triplets and writes sweep.json and sweep.csv there. Null when the
 * signal stopped it: the same call goes on. `start()` must have been called.
 *
 * @example Error against the number of training triplets
 * ```ts
 * import { start } from "@csn/csn";
 * import { sweep } from "@csn/csn/experiment";
 *
 * await start();
 * const swept = await sweep({
 *   data: "data/mine",
 *   out: "runs/sizes",
 *   variants: ["fixed"],
 *   seeds: [1],
 *   triplets: [8, 16],
 *   epochs: 1,
 *   imageSize: 16,
 * });
 * for (const { triplets, error } of swept?.points ?? []) console.log(triplets, error.value);
 * ```
 */
export async function sweep(options: SweepOptions): Promise<Sweep | null> {
  checkOptions("sweep", options, "a list of whole numbers from 1 on", areSizes);
  const prepared = await prepareExperiment("sweep", options, (ready) => {
    const { shortest, test, experiment: { variants, seeds } } = ready;
    const asked = options.triplets ?? ladder(shortest.triplets);
    const sizes = [...new Set(asked)].sort((a, b) => a - b);
    checkEnough(sizes[sizes.length - 1], shortest, test.set.folder);
    return sweepCells(variants, sizes, seeds);
  });
  const { experiment, test, cells } = prepared;
  const { common, seeds, command } = experiment;
  const results = await runCells(cells, test, experiment);
  if (results === null) return null;
  const parts = new TripletParts({ ...test.triplets, groups: test.groups });
  const made: Sweep = {
    format: 2,
    data: test.set.name,
    notions: common.notions,
    units: parts.units,
    epochs: common.epochs,
    seeds,
    command,
    points: sweepPoints(results, parts),
  };
  await writeResults(prepared, made, sweepCsv(made));
  return made;
}

function areSizes(value: unknown): boolean {
  return areWhole(value, 1) && (value as unknown[]).length > 0;
}

/** How much more each rung has than the one below. */
const rungFactor = 2;
const mostRungs = 5;

/**
 * Five numbers of triplets, each twice the one before, up to `most`; as the paper's Figure 9 from
 * 12,500 on.
 */
export function ladder(most: number): number[] {
  const rungs = Array.from(
    { length: mostRungs },
    (_, i) => Math.round(most / rungFactor ** (mostRungs - 1 - i)),
  );
  return [...new Set(rungs)].filter((rung) => rung > 0);
}

/** Small runs first: what goes wrong goes wrong early. */
function sweepCells(
  chosen: readonly Variant[],
  sizes: readonly number[],
  seeds: readonly number[],
): Cell[] {
  return sizes.flatMap((trainTriplets) =>
    seeds.flatMap((seed) =>
      chosen.map((variant) => ({
        name: `${variant}-${trainTriplets}-seed${seed}`,
        variant,
        seed,
        trainTriplets,
      }))
    )
  );
}

/**
 * The points of cells that were tested on the same triplets, by variant, then by size; each has every
 * seed.
 */
export function sweepPoints(results: readonly CellResult[], parts: TripletParts): SweepPoint[] {
  const groups = new Map<string, CellResult[]>();
  for (const result of results) {
    const { variant, trainTriplets } = result.cell;
    const key = `${variant} ${trainTriplets}`;
    groups.set(key, [...groups.get(key) ?? [], result]);
  }
  const points = [...groups.values()].sort(([{ cell: a }], [{ cell: b }]) =>
    variants.indexOf(a.variant) - variants.indexOf(b.variant) || a.trainTriplets - b.trainTriplets
  );
  return points.map((cells) => {
    const runs = cells.map(({ scores }) => wrongOnes(scores.outcomes));
    return {
      variant: cells[0].cell.variant,
      triplets: cells[0].cell.trainTriplets,
      error: estimateMean(parts.samples(runs, true)[0]),
      seeds: cells.map(({ cell }, i) => ({ seed: cell.seed, error: parts.means(runs[i])[0] })),
    };
  });
}
