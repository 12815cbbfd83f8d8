/** What `compare` and `sweep` have in common on the command line. */
import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import {
  defaultSeeds,
  type ExperimentOptions,
  paperVariants,
} from "../experiment/experiment_options.ts";
import { basename } from "../files/paths.ts";
import { type Variant, variants } from "../network/variant.ts";
import { folderName, oneOf, wholeNumber } from "./options.ts";
import { addProcessOptions, type ProcessFlags } from "./processes/process_options.ts";
import { shellWord } from "../base/shell_word.ts";
import { dataPath, runPath } from "./paths.ts";
import { addTrainOptions, type TrainFlags } from "./train_options.ts";
import { pretrainedPath } from "./train_flags.ts";

/** What the options of either parse to, `--triplets` aside. */
export interface ExperimentFlags extends
  Pick<
    TrainFlags,
    | "data"
    | "epochs"
    | "batchSize"
    | "lr"
    | "margin"
    | "embedLoss"
    | "maskLoss"
    | "dimEmbed"
    | "imageSize"
    | "pretrained"
    | "device"
    | "precision"
    | "threads"
    | "allowMissing"
    | "packDir"
    | "runs"
    | "saveEvery"
    | "verbose"
  >,
  ProcessFlags {
  readonly variants: readonly Variant[];
  readonly seeds: number;
  readonly name?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** Options that mean what they mean to `train`. */
const trainOptions = [
  "--epochs",
  "--batch-size",
  "--lr",
  "--margin",
  "--embed-loss",
  "--mask-loss",
  "--dim-embed",
  "--image-size",
  "--pretrained",
  "--device",
  "--precision",
  "--threads",
  "--allow-missing",
  "--pack-dir",
  "--runs",
  "--save-every",
];

/** Adds the options to a command, `--triplets` where it stands in the list. */
export function addExperimentOptions(command: CommandUnknownOpts, triplets: Option): void {
  const train = new Command();
  addTrainOptions(train);
  const shared = (long: string) => train.options.find((option) => option.long === long)!;
  const options = [
    shared("--data"),
    new Option("--variants <variants...>", `which networks: ${variants.join(", ")}`)
      .argParser(addVariant).default(paperVariants, paperVariants.join(" ")),
    new Option("--seeds <k>", "train each with the seeds 1 to k").argParser(wholeNumber(1))
      .default(defaultSeeds.length),
    triplets,
    ...trainOptions.map(shared),
    new Option(
      "--name <name>",
      `its folder in --runs (default: ${command.name()}-<set>)`,
    ).argParser(folderName),
    new Option("--overwrite", "train again what is there with other settings"),
    new Option("--json", "print one JSON object"),
    shared("--verbose"),
  ];
  for (const option of options) command.addOption(option);
  addProcessOptions(command, "one run at a time");
}

const parseVariant = oneOf(...variants);

/** A variadic option hands over what it has so far: its default, when it begins. */
function addVariant(text: string, before: readonly Variant[]): readonly Variant[] {
  const variant = parseVariant(text);
  return before === paperVariants ? [variant] : [...before, variant];
}

/** What the flags ask of the library's `compare` or `sweep`. */
export function experimentOf(kind: string, flags: ExperimentFlags): ExperimentOptions {
  return {
    data: dataPath(flags.data),
    out: runPath(experimentName(kind, flags), flags.runs),
    variants: flags.variants,
    seeds: seedsTo(flags.seeds),
    command: commandLine(Deno.args),
    epochs: flags.epochs,
    batchSize: flags.batchSize,
    learningRate: flags.lr,
    margin: flags.margin,
    embedLoss: flags.embedLoss,
    maskLoss: flags.maskLoss,
    dimension: flags.dimEmbed,
    imageSize: flags.imageSize,
    pretrained: pretrainedPath(flags.pretrained),
    device: flags.device,
    precision: flags.precision,
    allowMissing: flags.allowMissing,
    saveEveryMinutes: flags.saveEvery,
    overwrite: flags.overwrite,
    packDir: flags.packDir,
  };
}

/** The name of the experiment, of which `kind` is the command. */
function experimentName(kind: string, { name, data }: ExperimentFlags): string {
  return name ?? `${kind}-${basename(dataPath(data))}`;
}

/** The seeds 1 to k. */
function seedsTo(k: number): number[] {
  return Array.from({ length: k }, (_, i) => i + 1);
}

/** Options that change nothing in the result, and those of them that have a value. */
const changesNothing = ["--json", "--verbose", "--overwrite", "--distributed"];
const valueChangesNothing = ["--processes", "--timeout"];

/** The command as it was given, but for what changes nothing in the result. */
export function commandLine(args: readonly string[]): string {
  const kept = args.filter((arg, i) =>
    !changesNothing.includes(arg) && !valueChangesNothing.includes(args[i - 1]) &&
    !valueChangesNothing.includes(arg.split("=")[0])
  );
  return ["deno task", ...kept.map(shellWord)].join(" ");
}
