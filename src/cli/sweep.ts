import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { sweep } from "../experiment/sweep.ts";
import { addExperimentOptions, type ExperimentFlags } from "./experiment_options.ts";
import { wholeNumber } from "./options.ts";
import { runExperiment } from "./run_experiment.ts";
import { sweepText } from "./sweep_table.ts";

/** `sweep`: error against the number of training triplets, the paper's Figure 9. */
export function sweepCommand(): CommandUnknownOpts {
  const command = new Command("sweep").description(
    "error against the number of training triplets (the paper's Figure 9); goes on where it stood",
  );
  const parse = wholeNumber(1);
  addExperimentOptions(
    command,
    new Option(
      "--triplets <n...>",
      "numbers of training triplets of each notion (default: five, each twice the one before, up to the shortest list's length)",
    ).argParser((text: string, before?: readonly number[]) => [...before ?? [], parse(text)]),
  );
  return command.action(async () => {
    const flags = command.opts() as unknown as ExperimentFlags & { triplets?: readonly number[] };
    await runExperiment(
      "sweep",
      flags,
      (options) => sweep({ ...options, triplets: flags.triplets }),
      sweepText,
    );
  });
}
