import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { compare } from "../experiment/compare.ts";
import { comparisonText } from "./comparison_table.ts";
import { addExperimentOptions, type ExperimentFlags } from "./experiment_options.ts";
import { wholeNumber } from "./options.ts";
import { runExperiment } from "./run_experiment.ts";

/** `compare`: the paper's variants, trained alike and tested on the same triplets. */
export function compareCommand(): CommandUnknownOpts {
  const command = new Command("compare").description(
    "train the paper's networks alike, test them on the same triplets, with intervals; goes on where it stood",
  );
  addExperimentOptions(
    command,
    new Option(
      "--triplets <n>",
      "training triplets of each notion (default: as many as the shortest list has)",
    ).argParser(wholeNumber(1)),
  );
  return command.action(async () => {
    const flags = command.opts() as unknown as ExperimentFlags & { triplets?: number };
    await runExperiment(
      "compare",
      flags,
      (options) => compare({ ...options, triplets: flags.triplets }),
      comparisonText,
    );
  });
}
