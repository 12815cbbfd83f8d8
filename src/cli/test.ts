import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { Split } from "../sets/image_set.ts";
import { splits } from "../sets/image_set.ts";
import { fewUnits } from "../statistics/test_units.ts";
import { type ModelEvaluation, type TestedNotion, testModel } from "../model/evaluate_model.ts";
import { readModelFile } from "../model/model_file.ts";
import { UsageError } from "../base/errors.ts";
import { nameOfAll } from "../sets/all_notions.ts";
import { type Variant, variants } from "../network/variant.ts";
import { percent, table } from "./format.ts";
import { dataPath, shownPath, userPath } from "./paths.ts";
import { runStoppable } from "./run_stoppable.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";
import { packDirOption, threadsOption } from "./options.ts";
import { choosePlacement, type PlacementWish } from "../model/choose_placement.ts";
import { deviceOption, precisionOption } from "./placement_options.ts";

/** What the options of `test` parse to. */
export interface TestFlags extends PlacementWish {
  readonly resume: string;
  readonly data?: string;
  readonly variant?: Variant;
  readonly split: Split;
  readonly threads?: number;
  readonly allowMissing?: boolean;
  readonly packDir?: string;
  readonly json?: boolean;
}

/** `test`: accuracy of a model on a set's triplets, in all and per notion. */
export function testCommand(): CommandUnknownOpts {
  return new Command("test")
    .description("evaluate a model on the triplets of an image set")
    .requiredOption("--resume <model>", "model file, such as runs/<name>/model_best")
    .option(
      "--data <set>",
      "image set: a name in data/, or a folder (default: the one it was trained on)",
    )
    .addOption(
      new Option("--split <split>", "which lists").choices(splits).default("test" as const),
    )
    .addOption(
      new Option(
        "--variant <variant>",
        "what the model is to be: another one is an error (default: whatever the file holds)",
      ).choices(variants),
    )
    .addOption(deviceOption)
    .addOption(precisionOption)
    .addOption(threadsOption)
    .option("--allow-missing", "go on when more than 1 % of the images are missing or unreadable")
    .addOption(packDirOption)
    .option("--json", "print one JSON object")
    .option("--verbose", "show where an error came from")
    .action((flags) => runTest(flags));
}

/** Evaluates and prints. */
export async function runTest(flags: TestFlags): Promise<void> {
  const file = await readModelFile(userPath(flags.resume));
  const { variant } = file.info;
  if (flags.variant !== undefined && flags.variant !== variant) {
    throw new UsageError(
      `Cannot test ${
        shownPath(file.path)
      } as --variant ${flags.variant}: it is a model of the variant ${variant}; leave --variant out, or pass a model of a run with --variant ${flags.variant}`,
    );
  }
  await startNative(flags);
  using listener = terminalListener();
  const stopped =
    "nothing was measured; images that were decoded are kept, and the same command goes on";
  await runStoppable(listener, stopped, async (signal) => {
    const evaluation = await testModel(file, {
      split: flags.split,
      data: flags.data === undefined ? undefined : dataPath(flags.data),
      allowMissing: flags.allowMissing,
      packDir: flags.packDir,
      placement: choosePlacement(flags, listener),
      listener,
      signal,
    });
    console.log(
      flags.json ? JSON.stringify({ variant, ...evaluation }) : evaluationTable(evaluation),
    );
  });
}

/** The table that `test` prints. */
export function evaluationTable(evaluation: ModelEvaluation): string {
  const row = (
    name: string,
    { triplets, accuracy, interval, loss }: Omit<TestedNotion, "name">,
  ) => [
    name,
    String(triplets),
    percent(accuracy),
    `${percent(interval.low)} to ${percent(interval.high)}`,
    loss.toFixed(4),
  ];
  const names = evaluation.notions.map(({ name }) => name);
  const rows = evaluation.notions.map((notion) => row(notion.name, notion));
  return [
    table(["notion", "triplets", "accuracy", "95 % interval", "loss"], [
      ...rows,
      row(nameOfAll(names), evaluation),
    ]),
    "",
    `${evaluation.split} lists, ${evaluation.images} images embedded in ${
      evaluation.seconds.toFixed(1)
    } s`,
    `intervals: this network on other ${
      evaluation.units.kind === "groups"
        ? `groups of images (there are ${evaluation.units.count})`
        : "images"
    }; another training run gives another network`,
    ...fewUnits(evaluation.units) === null ? [] : [fewUnits(evaluation.units)!],
  ].join("\n");
}
