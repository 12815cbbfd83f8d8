import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { defaultConfig } from "../model/config.ts";
import { convertLine } from "../model/convert_line.ts";
import { deviceHelp, precisionHelp } from "./placement_options.ts";
import { addProcessOptions, type ProcessFlags } from "./processes/process_options.ts";
import { type Variant, variants } from "../network/variant.ts";
import { folderName, number, oneOf, packDirOption, runsOption, wholeNumber } from "./options.ts";

/** What the options of `train` parse to. */
export interface TrainFlags extends ProcessFlags {
  readonly data: string;
  readonly name: string;
  readonly resume?: string;
  readonly overwrite?: boolean;
  readonly variant?: Variant;
  readonly learned?: boolean;
  readonly prein?: boolean;
  readonly conditions?: readonly string[];
  readonly numTraintriplets: number;
  readonly epochs: number;
  readonly startEpoch: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly margin: number;
  readonly embedLoss: number;
  readonly maskLoss: number;
  readonly dimEmbed: number;
  readonly imageSize: number;
  readonly seed: number;
  readonly pretrained?: string;
  readonly device: string;
  readonly cuda: boolean;
  readonly precision: "auto" | "float32" | "bf16";
  readonly sampler: "triplets" | "dense" | "dense-lists" | "dense-values";
  readonly threads?: number;
  readonly exclude?: string;
  readonly allowMissing?: boolean;
  readonly packDir?: string;
  readonly runs?: string;
  readonly logInterval: number;
  readonly saveEvery: number;
  readonly visdom?: boolean;
  readonly visdomServer: string;
  readonly visdomPort: number;
  readonly visdomEnv?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/**
 * Adds every option of `train`: those of the reference code (main.py) with its defaults, then
 * csn's.
 */
export function addTrainOptions(command: CommandUnknownOpts): void {
  const d = defaultConfig;
  const add = (
    flags: string,
    description: string,
    value?: unknown,
    parse?: (text: string) => unknown,
  ) => {
    const option = new Option(flags, description);
    if (parse !== undefined) option.argParser(parse as (text: string) => never);
    if (value !== undefined) option.default(value);
    command.addOption(option);
  };
  add("--data <set>", "image set: a name in data/, or a folder", "zappos");
  add(
    "--name <name>",
    "name of the run, its folder in --runs and its visdom environment",
    d.name,
    folderName,
  );
  add("--resume <file>", "go on from runs/<name>/checkpoint, exactly where it stood");
  add("--overwrite", "replace a run of that name");
  add(
    "--variant <variant>",
    'which of the paper\'s networks: "standard" (one embedding without masks), "specialists" (a network a notion, in one run), "fixed" (fixed disjoint masks; the default), "learned" (the same as --learned) or "prein" (--learned --prein)',
    undefined,
    oneOf(...variants),
  );
  add("--learned", "learn the masks, from N(0.9, 0.7); without it they are fixed and disjoint");
  add("--prein", "with --learned: begin with disjoint masks, 0.1 elsewhere");
  add(
    "--conditions <notions...>",
    "notions to learn, by name or number from 0 (default: all of the set)",
  );
  add(
    "--num-traintriplets <n>",
    "training triplets for ALL notions of the set; a subset of them takes its share",
    d.trainTriplets,
    wholeNumber(1),
  );
  add("--epochs <n>", "last epoch, inclusive", d.epochs, wholeNumber(1));
  add(
    "--start-epoch <n>",
    "number of the first epoch of a new run; the learning rate goes by it",
    d.startEpoch,
    wholeNumber(1),
  );
  add("--batch-size <n>", "triplets in a batch", d.batchSize, wholeNumber(1));
  add(
    "--lr <rate>",
    "base learning rate of Adam; epoch e runs at lr * 0.985^e",
    d.learningRate,
    number(0, true),
  );
  add("--margin <distance>", "margin of the triplet loss", d.margin, number(0));
  add("--embed-loss <weight>", "weight of the embedding norm in the loss", d.embedLoss, number(0));
  add("--mask-loss <weight>", "weight of the mask norm in the loss", d.maskLoss, number(0));
  add(
    "--dim-embed <n>",
    "dimensions of an embedding; of specialists, of each one's",
    d.dimension,
    wholeNumber(1),
  );
  add("--image-size <pixels>", "side of the square images", d.imageSize, wholeNumber(16));
  add("--seed <n>", "seed of weights, subsets, order and flips", d.seed, wholeNumber(0));
  add(
    "--pretrained <weights>",
    `where the backbone starts from: "imagenet" (downloaded once, 47 MB; the default for Zappos), "none" (the default elsewhere), or a safetensors file with torchvision's names; a .pth file is converted with: ${convertLine}`,
  );
  add(
    "--sampler <kind>",
    'how batches are made: "triplets" as the paper; "dense" embeds each image of a batch once for all its triplets, which it forms from the images\' values where the set has them ("dense-values") and takes from the lists elsewhere ("dense-lists")',
    "triplets",
    oneOf("triplets", "dense", "dense-lists", "dense-values"),
  );
  add("--device <device>", deviceHelp, "auto");
  add("--no-cuda", "the same as --device cpu");
  add("--precision <numbers>", precisionHelp, "auto", oneOf("auto", "float32", "bf16"));
  add(
    "--threads <n>",
    "processor threads (default: OMP_NUM_THREADS, else one a core that csn may use); results are bit-equal only with the same number",
    undefined,
    wholeNumber(1),
  );
  addProcessOptions(command);
  add(
    "--exclude <file>",
    "leave out the training triplets that this list calls wrong, such as explore's check view writes it",
  );
  add("--allow-missing", "go on when more than 1 % of the images are missing or unreadable");
  command.addOption(packDirOption);
  command.addOption(runsOption);
  add("--log-interval <batches>", "batches between two log lines", 20, wholeNumber(1));
  add("--save-every <minutes>", "minutes between two checkpoints inside an epoch", 10, number(0));
  add("--visdom", "post to a visdom server what the original posts");
  add("--no-visdom", "with --resume: stop posting");
  add("--visdom-server <url>", "visdom server", "http://127.0.0.1");
  add("--visdom-port <port>", "its port", 8097, wholeNumber(1, 65_535));
  add("--visdom-env <name>", "visdom environment (default: the run's name)");
  add("--json", "print one JSON object on each line, one for each event of the run");
  add("--verbose", "show where an error came from");
}
