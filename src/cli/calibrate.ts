import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { calibrateModel } from "../analysis/calibrate_model.ts";
import { storeCalibration } from "../analysis/store_calibration.ts";
import { readModelFile } from "../model/model_file.ts";
import type { Calibration, FittedChance } from "../search/calibration.ts";
import {
  evaluationOf,
  splitOption,
  withEvaluatedOptions,
  withEvaluationOptions,
} from "./evaluation_options.ts";
import { percent, table } from "./format.ts";
import { wholeNumber } from "./options.ts";
import { shownPath, userPath } from "./paths.ts";
import { runStoppable } from "./run_stoppable.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/** `calibrate`: what chances a model's distances stand for, stored in its file. */
export function calibrateCommand(): CommandUnknownOpts {
  const command = new Command("calibrate")
    .description("measure what chances a model's distances stand for, and store that in its file");
  return withEvaluationOptions(
    withEvaluatedOptions(command)
      .addOption(splitOption("whose triplets and values", "val"))
      .option(
        "--seed <n>",
        "decides which images are left out together (default: the seed of the model's run)",
        wholeNumber(0),
      ),
  )
    .action(async (flags) => {
      const file = await readModelFile(userPath(flags.resume));
      await startNative(flags);
      using listener = terminalListener();
      const stopped = "the model's file is as it was; the same command begins again";
      await runStoppable(listener, stopped, async (signal) => {
        const calibration = await calibrateModel(file, {
          ...evaluationOf(flags, listener, signal),
          seed: flags.seed,
        });
        await storeCalibration(file.path, calibration);
        if (flags.json) console.log(JSON.stringify(calibration));
        else console.log(calibrationText(calibration, shownPath(file.path)));
      });
    });
}

/** What `calibrate` prints. */
function calibrationText({ set, split, notions }: Calibration, path: string): string {
  const error = ({ reliability, measure, logLikelihood }: FittedChance) => {
    const { value, low, high } = reliability.error;
    return [
      measure === "square" ? "squared distance" : "distance",
      logLikelihood[measure].toFixed(4),
      percent(value),
      `${percent(low)} to ${percent(high)}`,
    ];
  };
  const headers = ["by", "log likelihood", "calibration error", "95 % interval"];
  const same = notions.filter(({ same }) => same !== null);
  return [
    table(
      ["nearer", "triplets", ...headers],
      notions.map(({ notion, nearer }) => [notion, String(nearer.triplets), ...error(nearer)]),
    ),
    "",
    ...same.length === 0 ? [] : [
      table(
        ["same value", "pairs", ...headers],
        same.map(({ notion, same }) => [notion, String(same!.pairs), ...error(same!)]),
      ),
      "",
    ],
    `fitted to the ${split} split of ${set}; likelihood and error are of what was left out of the fit`,
    `stored in ${path}: hits of \`query\` have chances, and \`report\` draws how far they can be relied on`,
  ].join("\n");
}
