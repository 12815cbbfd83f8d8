import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { calibrateModel } from "../analysis/calibrate_model.ts";
import { storeCalibration } from "../analysis/store_calibration.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { readModelFile } from "../model/model_file.ts";
import type { Calibration, FittedChance } from "../search/calibration.ts";
import { splits } from "../sets/image_set.ts";
import { percent, table } from "./format.ts";
import { packDirOption, threadsOption, wholeNumber } from "./options.ts";
import { dataPath, shownPath, userPath } from "./paths.ts";
import { deviceOption, precisionOption } from "./placement_options.ts";
import { runStoppable } from "./run_stoppable.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/** `calibrate`: what chances a model's distances stand for, stored in its file. */
export function calibrateCommand(): CommandUnknownOpts {
  return new Command("calibrate")
    .description("measure what chances a model's distances stand for, and store that in its file")
    .requiredOption("--resume <model>", "model file, such as runs/<name>/model_best")
    .option(
      "--data <set>",
      "image set: a name in data/, or a folder (default: the one it was trained on)",
    )
    .addOption(
      new Option("--split <split>", "whose triplets and values").choices(splits)
        .default("val" as const),
    )
    .option(
      "--seed <n>",
      "decides which images are left out together (default: the seed of the model's run)",
      wholeNumber(0),
    )
    .addOption(deviceOption)
    .addOption(precisionOption)
    .addOption(threadsOption)
    .option("--allow-missing", "go on when more than 1 % of the images are missing or unreadable")
    .addOption(packDirOption)
    .option("--json", "print one JSON object")
    .option("--verbose", "show where an error came from")
    .action(async (flags) => {
      const file = await readModelFile(userPath(flags.resume));
      await startNative(flags);
      using listener = terminalListener();
      const stopped = "the model's file is as it was; the same command begins again";
      await runStoppable(listener, stopped, async (signal) => {
        const calibration = await calibrateModel(file, {
          split: flags.split,
          data: flags.data === undefined ? undefined : dataPath(flags.data),
          seed: flags.seed,
          allowMissing: flags.allowMissing,
          packDir: flags.packDir,
          placement: choosePlacement(flags, listener),
          listener,
          signal,
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
