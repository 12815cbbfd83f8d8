import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { fewUnits } from "../statistics/test_units.ts";
import { type ModelEvaluation, type TestedNotion, testModel } from "../model/evaluate_model.ts";
import { type ModelFile, readModelFile } from "../model/model_file.ts";
import { UsageError } from "../base/errors.ts";
import { openImageSet } from "../sets/image_set.ts";
import { nameOfAll } from "../sets/all_notions.ts";
import { type Variant, variants } from "../network/variant.ts";
import {
  type EvaluationFlags,
  evaluationOf,
  splitOption,
  withEvaluatedOptions,
  withEvaluationOptions,
} from "./evaluation_options.ts";
import { percent, table } from "./format.ts";
import { dataPath, shownPath, userPath } from "./paths.ts";
import { deviceIn } from "./processes/device_of.ts";
import { inGroup } from "./processes/in_group.ts";
import { isSilent } from "./processes/own_place.ts";
import {
  addProcessOptions,
  defaultTimeout,
  partOf,
  type ProcessFlags,
} from "./processes/process_options.ts";
import { runProcesses } from "./processes/run_processes.ts";
import { threadsOf } from "./processes/threads_of.ts";
import { runStoppable } from "./run_stoppable.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";

/** What the options of `test` parse to. */
export interface TestFlags extends EvaluationFlags, ProcessFlags {
  readonly resume: string;
  readonly variant?: Variant;
  readonly threads?: number;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** `test`: accuracy of a model on a set's triplets, in all and per notion. */
export function testCommand(): CommandUnknownOpts {
  const command = new Command("test")
    .description("evaluate a model on the triplets of an image set");
  const whole = withEvaluationOptions(
    withEvaluatedOptions(command)
      .addOption(splitOption("which lists", "test"))
      .addOption(
        new Option(
          "--variant <variant>",
          "what the model is to be: another one is an error (default: whatever the file holds)",
        ).choices(variants),
      ),
  );
  addProcessOptions(whole, "its share of the images");
  return whole.action((flags) => runTest(flags));
}

/** Evaluates and prints; one of several processes embeds its part of the images. */
export async function runTest(flags: TestFlags): Promise<void> {
  const part = partOf(flags);
  if ("start" in part) {
    // What every process would find wrong is said once.
    const { info } = await readTested(flags);
    await openImageSet(flags.data === undefined ? info.config.data : dataPath(flags.data));
    return await runProcesses(part.start);
  }
  const { place } = part;
  const file = await readTested(flags);
  await startNative(threadsOf(place, flags.threads, (name) => Deno.env.get(name)));
  using listener = terminalListener();
  const stopped =
    "nothing was measured; images that were decoded are kept, and the same command goes on";
  await runStoppable(listener, stopped, async (signal, interruption) => {
    const device = deviceIn(place, flags.device);
    const timeoutSeconds = flags.timeout ?? defaultTimeout;
    const { verbose } = flags;
    const options = { device, timeoutSeconds, interruption, stopped, verbose };
    await inGroup(place, options, async (group) => {
      const asked = evaluationOf({ ...flags, device }, listener, signal);
      const evaluation = await testModel(file, { ...asked, group });
      if (isSilent()) return;
      console.log(
        flags.json
          ? JSON.stringify({ variant: file.info.variant, ...evaluation })
          : evaluationTable(evaluation),
      );
    });
  });
}

/** The model that is tested, which must be of the variant that the flags say. */
async function readTested({ resume, variant }: TestFlags): Promise<ModelFile> {
  const file = await readModelFile(userPath(resume));
  const { variant: found } = file.info;
  if (variant === undefined || variant === found) return file;
  throw new UsageError(
    `Cannot test ${
      shownPath(file.path)
    } as --variant ${variant}: it is a model of the variant ${found}; leave --variant out, or pass a model of a run with --variant ${variant}`,
  );
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
