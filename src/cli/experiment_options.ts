/** What `compare` and `sweep` have in common on the command line. */
import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { openImageSet } from "../sets/image_set.ts";
import { assertTrainableNames } from "../sets/notion_names.ts";
import { UsageError } from "../base/errors.ts";
import type { CommonConfig } from "../experiment/cell.ts";
import type { Listener } from "../base/listener.ts";
import { basename } from "../files/paths.ts";
import { pretrainedOf } from "../training/new_config.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { defaultConfig, defaultSettings, type RunSettings } from "../model/config.ts";
import { type Variant, variants } from "../network/variant.ts";
import { folderName, oneOf, wholeNumber } from "./options.ts";
import { shellWord } from "../base/shell_word.ts";
import { dataPath } from "./paths.ts";
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
  > {
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
      .default(3),
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
}

/** The paper's (Figure 6). */
const paperVariants: readonly Variant[] = ["standard", "specialists", "fixed", "learned"];

const parseVariant = oneOf(...variants);

/** A variadic option hands over what it has so far: its default, when it begins. */
function addVariant(text: string, before: readonly Variant[]): readonly Variant[] {
  const variant = parseVariant(text);
  return before === paperVariants ? [variant] : [...before, variant];
}

/** What all cells have in common. libtorch must be open. */
export async function commonConfig(
  flags: ExperimentFlags,
  listener: Listener,
): Promise<CommonConfig> {
  const set = await openImageSet(dataPath(flags.data));
  assertTrainableNames(set, set.notions);
  const isDisjoint = flags.variants.some((variant) => variant === "fixed" || variant === "prein");
  if (isDisjoint && set.notions.length > flags.dimEmbed) {
    throw new UsageError(
      `Disjoint masks need a dimension for each of the ${set.notions.length} notions: --dim-embed is ${flags.dimEmbed}; raise it, or leave fixed and prein out of --variants`,
    );
  }
  return {
    data: set.folder,
    notions: set.notions,
    imageSize: flags.imageSize,
    batchSize: flags.batchSize,
    epochs: flags.epochs,
    startEpoch: defaultConfig.startEpoch,
    learningRate: flags.lr,
    margin: flags.margin,
    embedLoss: flags.embedLoss,
    maskLoss: flags.maskLoss,
    dimension: flags.dimEmbed,
    pretrained: pretrainedOf(pretrainedPath(flags.pretrained), set),
    sampler: defaultConfig.sampler,
    allowMissing: flags.allowMissing ?? false,
    ...choosePlacement({ device: flags.device, precision: flags.precision }, listener),
  };
}

/** How the cells' runs are carried on. */
export function cellSettings({ saveEvery }: ExperimentFlags): RunSettings {
  return { ...defaultSettings, saveEveryMinutes: saveEvery };
}

/** The name of the experiment, of which `kind` is the command. */
export function experimentName(kind: string, { name, data }: ExperimentFlags): string {
  return name ?? `${kind}-${basename(dataPath(data))}`;
}

/** The seeds 1 to k. */
export function seedsTo(k: number): number[] {
  return Array.from({ length: k }, (_, i) => i + 1);
}

/** The command as it was given, but for what changes nothing in the result. */
export function commandLine(args: readonly string[]): string {
  const changesNothing = ["--json", "--verbose", "--overwrite"];
  const kept = args.filter((arg) => !changesNothing.includes(arg));
  return ["deno task", ...kept.map(shellWord)].join(" ");
}
