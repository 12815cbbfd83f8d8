import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { addTrainOptions, type TrainFlags } from "./train_options.ts";
import { runTest } from "./test.ts";
import { startRun } from "./train_run.ts";
import { UsageError } from "../base/errors.ts";

/** `train`: a new run, or with `--resume` one that goes on. */
export function trainCommand(): CommandUnknownOpts {
  const command = new Command("train").description(
    "train a Conditional Similarity Network; writes runs/<name>/",
  );
  addTrainOptions(command);
  command.addOption(
    new Option("--test", "as the test command: evaluate --resume on the test lists and exit"),
  );
  return command.action(async () => {
    const flags = command.opts() as TrainFlags & { test?: boolean };
    const given = new Set(
      Object.keys(flags).filter((key) => command.getOptionValueSource(key) === "cli"),
    );
    if (flags.test) {
      if (flags.resume === undefined) {
        throw new UsageError(
          "Cannot test: --test needs the model; pass --resume runs/<name>/model_best",
        );
      }
      await runTest({
        ...flags,
        device: flags.cuda ? flags.device : "cpu",
        resume: flags.resume,
        split: "test",
        data: given.has("data") ? flags.data : undefined,
      });
    } else {
      await startRun(flags, given);
    }
  });
}
