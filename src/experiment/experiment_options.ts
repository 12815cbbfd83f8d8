import { UsageError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import { basename, resolve } from "../files/paths.ts";
import { defaultSettings, type RunSettings } from "../model/config.ts";
import { type Variant, variants } from "../network/variant.ts";
import { newConfig } from "../training/new_config.ts";
import type { TrainSettings } from "../training/train_options.ts";
import type { CommonConfig } from "./cell.ts";
import type { Experiment, ExperimentEvent } from "./run_cell.ts";

/**
 * What all networks of an experiment are trained with, all of it optional: what is left out is as
 * for `train`. All notions of the set are learned, from triplets.
 */
export type ExperimentSettings = Omit<
  TrainSettings,
  "variant" | "seed" | "trainTriplets" | "notions" | "startEpoch" | "sampler" | "exclude"
>;

/** What `compare` and `sweep` have in common. */
export interface ExperimentOptions
  extends ExperimentSettings, Partial<Pick<RunSettings, "saveEveryMinutes">> {
  /** Folder of the image set. */
  readonly data: string;
  /** Folder that the experiment is written to: its results, and a folder for each run. */
  readonly out: string;
  /** The networks. @default {the paper's (Figure 6): standard, specialists, fixed, learned} */
  readonly variants?: readonly Variant[];
  /** Seeds that each is trained with. @default {[1, 2, 3]} */
  readonly seeds?: readonly number[];
  /** The command or program that makes the experiment, to be stored with it. @default {""} */
  readonly command?: string;
  /** Trains again the runs that are there with other settings. @default {false} */
  readonly overwrite?: boolean;
  /** Folder for packs; see `preparePack`. */
  readonly packDir?: string;
  /** Receives progress of preparing the data and of embedding, and warnings. */
  readonly listener?: Listener;
  /**
   * Processes that share the runs, each of which calls this with the same options; each run is
   * trained by one of them alone. All return the results, rank 0 alone writes them.
   */
  readonly group?: ProcessGroup;
  /** Called with each event. */
  readonly onEvent?: (event: ExperimentEvent) => void;
  /** Aborted: the step that runs is finished and saved. */
  readonly signal?: AbortSignal;
}

/** The networks of the paper's comparison (Figure 6). */
export const paperVariants: readonly Variant[] = ["standard", "specialists", "fixed", "learned"];

/** Seeds without which one run's luck passes for a difference. */
export const defaultSeeds: readonly number[] = [1, 2, 3];

/** An experiment with nothing left open. libtorch must be open. */
export async function resolveExperiment(options: ExperimentOptions): Promise<Experiment> {
  const { packDir, listener, onEvent, signal, group } = options;
  const folder = resolve(options.out);
  const asked = options.variants ?? paperVariants;
  const chosen = variants.filter((variant) => asked.includes(variant));
  const seeds = options.seeds ?? defaultSeeds;
  checkChoice("variants", asked, chosen.length);
  checkChoice("seeds", seeds, new Set(seeds).size);
  return {
    folder,
    variants: chosen,
    seeds,
    command: options.command ?? "",
    common: await commonConfig(options, chosen),
    settings: {
      ...defaultSettings,
      saveEveryMinutes: options.saveEveryMinutes ?? defaultSettings.saveEveryMinutes,
    },
    overwrite: options.overwrite ?? false,
    ...{ packDir, listener, onEvent, signal, group },
  };
}

/** Refuses an empty choice, and one of which some are unknown or named twice. */
function checkChoice(option: "variants" | "seeds", asked: readonly unknown[], found: number): void {
  if (found === asked.length && found > 0) return;
  throw new UsageError(
    `Cannot make an experiment of \`${option}\` ${JSON.stringify(asked)}: ${
      option === "variants" ? `name some of ${variants.join(", ")}` : "name one number or more"
    }, each once`,
  );
}

/** What the runs have in common, as `train` completes it. */
async function commonConfig(
  options: ExperimentOptions,
  chosen: readonly Variant[],
): Promise<CommonConfig> {
  const {
    variants: _variants,
    seeds: _seeds,
    command: _command,
    ...given
  } = options;
  // The configuration of one of them, without what tells it from the others.
  const { name: _name, variant: _variant, seed: _seed, trainTriplets: _triplets, ...common } =
    await newConfig({ ...given, name: basename(options.out), variant: "learned" });
  const disjoint = chosen.filter((variant) => variant === "fixed" || variant === "prein");
  if (disjoint.length > 0 && common.notions.length > common.dimension) {
    throw new UsageError(
      `Disjoint masks need a dimension for each of the ${common.notions.length} notions: \`dimension\` is ${common.dimension}; raise it, or leave fixed and prein out of \`variants\``,
    );
  }
  return common;
}
