/** The options of commands that measure a model on a split of a set: test, report, calibrate. */
import { type Command, Option, type OptionValues } from "@commander-js/extra-typings";
import type { Listener } from "../base/listener.ts";
import { choosePlacement, type PlacementWish } from "../model/choose_placement.ts";
import type { TestOptions } from "../model/evaluate_model.ts";
import { type Split, splits } from "../sets/image_set.ts";
import { packDirOption, threadsOption } from "./options.ts";
import { dataPath } from "./paths.ts";
import { deviceOption, precisionOption } from "./placement_options.ts";

/** What the options say of the evaluation. */
export interface EvaluationFlags extends PlacementWish {
  readonly split: Split;
  readonly data?: string;
  readonly allowMissing?: boolean;
  readonly packDir?: string;
}

/** `--split`: `help` says what of the split is meant. */
export function splitOption<const Usual extends Split>(help: string, usual: Usual) {
  return new Option("--split <split>", help).choices(splits).default(usual);
}

/** Adds the options that say which model, and on which set. */
// deno-lint-ignore explicit-module-boundary-types
export function withEvaluatedOptions<Args extends unknown[], Given extends OptionValues>(
  command: Command<Args, Given>,
) {
  return command
    .requiredOption("--resume <model>", "model file, such as runs/<name>/model_best")
    .option(
      "--data <set>",
      "image set: a name in data/, or a folder (default: the one it was trained on)",
    );
}

/** Adds the options that say how it is evaluated, and what is printed. */
// deno-lint-ignore explicit-module-boundary-types
export function withEvaluationOptions<Args extends unknown[], Given extends OptionValues>(
  command: Command<Args, Given>,
) {
  return command
    .addOption(deviceOption)
    .addOption(precisionOption)
    .addOption(threadsOption)
    .option("--allow-missing", "go on when more than 1 % of the images are missing or unreadable")
    .addOption(packDirOption)
    .option("--json", "print one JSON object")
    .option("--verbose", "show where an error came from");
}

/** What the options mean; libtorch must be open. */
export function evaluationOf(
  flags: EvaluationFlags,
  listener: Listener,
  signal: AbortSignal,
): TestOptions {
  const { split, data, allowMissing, packDir } = flags;
  return {
    split,
    data: data === undefined ? undefined : dataPath(data),
    allowMissing,
    packDir,
    placement: choosePlacement(flags, listener),
    listener,
    signal,
  };
}
