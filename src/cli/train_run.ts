/** What `train` does once its options are parsed: a new run, or one that goes on. */
import { type ImageSet, notionRows, openImageSet } from "../sets/image_set.ts";
import { assertTrainableNames } from "../sets/notion_names.ts";
import { readSetValues } from "../sets/set_values.ts";
import { CsnError, UsageError } from "../base/errors.ts";
import { describeLibrary, hasFastBf16, threads } from "../native/library.ts";
import type { Listener } from "../base/listener.ts";
import { isFile } from "../files/exists.ts";
import { dirname, join } from "../files/paths.ts";
import { shellWord } from "../base/shell_word.ts";
import { VisdomClient } from "../visdom/visdom_client.ts";
import { VisdomReporter } from "../visdom/visdom_reporter.ts";
import { areLearned, maskModeOf, variantOf } from "../network/masks.ts";
import type { Placement } from "../network/placement.ts";
import { choosePlacement, type PlacementWish } from "../model/choose_placement.ts";
import {
  defaultConfig,
  type RunSettings,
  type Sampler,
  type TrainConfig,
} from "../model/config.ts";
import { type ModelFile, type ModelInfo, modelPath, readModelFile } from "../model/model_file.ts";
import { assertUnchanged, RunFolder } from "../training/run_folder.ts";
import { runTraining } from "../training/run_training.ts";
import type { TrainEvent } from "../training/train_event.ts";
import { Interruption } from "./interruption.ts";
import { dataPath, runPath, shownPath, userPath } from "./paths.ts";
import { startNative } from "./start_native.ts";
import { terminalListener } from "./terminal.ts";
import type { Variant } from "../network/variant.ts";
import type { TrainFlags } from "./train_options.ts";
import { TrainView } from "./train_view.ts";

/** Trains as the flags say; `given` names those that the user gave. */
export async function startRun(flags: TrainFlags, given: ReadonlySet<string>): Promise<void> {
  using listener = terminalListener();
  const checkpoint = flags.resume === undefined
    ? undefined
    : await readCheckpoint(userPath(flags.resume));
  const settings = settingsOf(flags, given, checkpoint?.info);
  // A wrong address must not wait for the first epoch to be told.
  if (settings.visdom !== null) new VisdomClient(settings.visdom);
  await startNative({ threads: flags.threads ?? checkpoint?.info.threads });
  // Set-up, which has nothing to save, is over.
  using interruption = new Interruption(() =>
    listener.warning?.("stopping after this step and saving; Ctrl-C again stops at once")
  );
  const config = checkpoint === undefined
    ? await newConfig(flags, listener)
    : await resumedConfig(checkpoint, flags, given, (text) => listener.warning?.(text));
  using folder = await openFolder(config, flags, given, checkpoint);
  if (checkpoint !== undefined) await assertUnchanged(checkpoint);
  const view = new TrainView(
    config,
    { json: flags.json, logInterval: settings.logInterval },
    listener,
  );
  let visdom: VisdomReporter | null = null;
  const onEvent = (event: TrainEvent) => {
    view.show(event);
    if (event.type === "start") {
      visdom = newReporter(config, settings, folder.path, event, listener);
    }
    if (event.type === "epoch") visdom?.report(event.metrics);
  };
  try {
    const { finished } = await runTraining({
      config,
      folder,
      checkpoint,
      settings,
      packDir: flags.packDir,
      listener,
      onEvent,
      signal: interruption.signal,
    });
    view.end(finished, folder.path);
  } catch (error) {
    // While the data is made ready there is nothing to save yet. Any other failure, such as a full disk
    // when the interrupted run is saved, must not pass for that.
    if (error !== interruption.signal.reason) throw error;
    listener.warning?.("stopped before training began; the same command goes on");
  } finally {
    await (visdom as VisdomReporter | null)?.close(interruption.signal.aborted ? 2_000 : 10_000);
  }
  if (interruption.exitCode !== null) Deno.exitCode = interruption.exitCode;
}

/** How the run is carried on: as the flags say, those left out as before. */
function settingsOf(
  flags: TrainFlags,
  given: ReadonlySet<string>,
  info: ModelInfo | undefined,
): RunSettings {
  const before = info?.settings;
  const pick = <Value>(flag: keyof TrainFlags, value: Value, stored: Value | undefined): Value =>
    given.has(flag) ? value : stored ?? value;
  const posts = pick("visdom", flags.visdom ?? false, before && before.visdom !== null);
  const name = given.has("name") || info === undefined ? flags.name : info.config.name;
  // A copy of a run has an environment of its own, unless one was chosen.
  const stored = before?.visdom?.environment;
  const kept = stored === info?.config.name ? name : stored;
  return {
    logInterval: pick("logInterval", flags.logInterval, before?.logInterval),
    saveEveryMinutes: pick("saveEvery", flags.saveEvery, before?.saveEveryMinutes),
    visdom: posts
      ? {
        server: pick("visdomServer", flags.visdomServer, before?.visdom?.server),
        port: pick("visdomPort", flags.visdomPort, before?.visdom?.port),
        environment: flags.visdomEnv ?? kept ?? name,
      }
      : null,
  };
}

async function readCheckpoint(path: string): Promise<ModelFile> {
  const file = await readModelFile(path);
  if (file.info.kind === "checkpoint") return file;
  const checkpoint = join(dirname(file.path), "checkpoint");
  const goOn = await isFile(modelPath(dirname(file.path), "checkpoint"))
    ? `pass --resume ${shellWord(shownPath(checkpoint))}, `
    : "";
  throw new CsnError(
    `Cannot go on from ${path}: it holds a model without its optimiser; ${goOn}test it with \`deno task test\`, or begin a new run with --pretrained ${
      shellWord(shownPath(file.path))
    }`,
  );
}

async function newConfig(flags: TrainFlags, listener: Listener): Promise<TrainConfig> {
  const variant = variantOfFlags(flags);
  if (flags.startEpoch > flags.epochs) {
    throw new UsageError(
      `Nothing would be trained: --start-epoch is ${flags.startEpoch}, --epochs, the last one, is ${flags.epochs}; raise --epochs`,
    );
  }
  const set = await openImageSet(dataPath(flags.data));
  const notions = flags.conditions === undefined ? set.notions : notionRows(set, flags.conditions);
  assertTrainableNames(set, notions);
  if ((variant === "fixed" || variant === "prein") && notions.length > flags.dimEmbed) {
    throw new UsageError(
      `Disjoint masks need a dimension for each of the ${notions.length} notions: --dim-embed is ${flags.dimEmbed}; raise it, or pass --learned without --prein`,
    );
  }
  if (variant === "specialists" && flags.sampler !== "triplets") {
    throw new UsageError(
      `Cannot train specialists with --sampler ${flags.sampler}: each of them learns from batches of its own notion's triplets; leave --sampler out`,
    );
  }
  return {
    ...defaultConfig,
    ...configOfFlags(flags),
    data: set.folder,
    notions,
    pretrained: newPretrained(flags.pretrained, set),
    ...newPlacement(flags, listener),
    sampler: await chooseSampler(flags.sampler, set, listener),
  };
}

/** Where a new run computes; says so when another precision would be faster. */
function newPlacement(flags: TrainFlags, listener: Listener): Placement {
  const placement = choosePlacement(placementWish(flags), listener);
  if (flags.precision === "auto" && placement.device === "cpu" && hasFastBf16(describeLibrary())) {
    listener.notice?.("this processor computes bfloat16: --precision bf16 trains faster here");
  }
  return placement;
}

function placementWish({ device, cuda, precision }: TrainFlags): PlacementWish {
  return { device: cuda ? device : "cpu", precision };
}

/** What "dense" means for a set. */
async function chooseSampler(
  flag: TrainFlags["sampler"],
  set: ImageSet,
  listener: Listener,
): Promise<Sampler> {
  if (flag !== "dense") return flag;
  if (await readSetValues(set) !== null) return "dense-values";
  listener.notice?.(
    `${set.name} has no values of its images (attributes.csv): dense batches are packed from its lists`,
  );
  return "dense-lists";
}

/** Where the backbone of a new run starts from: what `--pretrained` says, or the set's default. */
export function newPretrained(flag: string | undefined, { name }: ImageSet): string {
  return pretrainedPath(flag ?? (name === "zappos" ? "imagenet" : "none"));
}

/** What `--pretrained` means: a word, or a file that the user names. */
function pretrainedPath(flag: string): string {
  return ["imagenet", "none"].includes(flag) ? flag : userPath(flag);
}

/** The settings that are the same in flags and configuration. */
function configOfFlags(
  flags: TrainFlags,
): Omit<TrainConfig, "data" | "notions" | "pretrained" | "device" | "precision" | "sampler"> {
  return {
    name: flags.name,
    imageSize: flags.imageSize,
    batchSize: flags.batchSize,
    epochs: flags.epochs,
    startEpoch: flags.startEpoch,
    learningRate: flags.lr,
    seed: flags.seed,
    margin: flags.margin,
    embedLoss: flags.embedLoss,
    maskLoss: flags.maskLoss,
    trainTriplets: flags.numTraintriplets,
    dimension: flags.dimEmbed,
    masks: maskModeOf(variantOfFlags(flags)),
    allowMissing: flags.allowMissing ?? false,
  };
}

/** The variant that flags name, or mean by the reference code's switches. */
function variantOfFlags({ variant, learned, prein }: TrainFlags): Variant {
  if (prein && !learned) {
    throw new UsageError("--prein begins learned masks: pass it together with --learned");
  }
  const switched = prein ? "prein" : learned ? "learned" : undefined;
  if (variant !== undefined && switched !== undefined && variant !== switched) {
    throw new UsageError(
      `Cannot train --variant ${variant} with ${
        prein ? "--learned --prein" : "--learned"
      }, which means --variant ${switched}: pass one of them`,
    );
  }
  return variant ?? switched ?? "fixed";
}

/** Which flag sets which part of the configuration, for runs that go on. */
const settings: readonly (readonly [
  flag: keyof TrainFlags,
  option: string,
  value: (config: TrainConfig) => unknown,
])[] = [
  ["imageSize", "--image-size", (config) => config.imageSize],
  ["batchSize", "--batch-size", (config) => config.batchSize],
  ["startEpoch", "--start-epoch", (config) => config.startEpoch],
  ["lr", "--lr", (config) => config.learningRate],
  ["seed", "--seed", (config) => config.seed],
  ["margin", "--margin", (config) => config.margin],
  ["embedLoss", "--embed-loss", (config) => config.embedLoss],
  ["maskLoss", "--mask-loss", (config) => config.maskLoss],
  ["numTraintriplets", "--num-traintriplets", (config) => config.trainTriplets],
  ["dimEmbed", "--dim-embed", (config) => config.dimension],
  ["variant", "--variant", (config) => variantOf(config.masks)],
  ["learned", "--learned", (config) => areLearned(config.masks)],
  ["prein", "--prein", (config) => config.masks === "learned-prein"],
];

/** The configuration in the checkpoint; flags that were given must agree with it, but for a few. */
async function resumedConfig(
  { info, path }: ModelFile,
  flags: TrainFlags,
  given: ReadonlySet<string>,
  warn: (text: string) => void,
): Promise<TrainConfig> {
  const { config } = info;
  const wrong = settings
    .filter(([flag, , value]) => given.has(flag) && flags[flag] !== value(config))
    .map(([flag, option, value]) => `${option} is ${value(config)} there, not ${flags[flag]}`);
  if (given.has("data") && dataPath(flags.data) !== config.data) {
    wrong.push(`--data is ${config.data} there, not ${dataPath(flags.data)}`);
  }
  if (given.has("pretrained") && pretrainedPath(flags.pretrained!) !== config.pretrained) {
    wrong.push(`--pretrained is ${config.pretrained} there, not ${flags.pretrained}`);
  }
  const { precision, sampler } = flags;
  if (given.has("precision") && precision !== "auto" && precision !== config.precision) {
    wrong.push(`--precision is ${config.precision} there, not ${precision}`);
  }
  const isSame = sampler === "dense"
    ? config.sampler.startsWith("dense-")
    : sampler === config.sampler;
  if (given.has("sampler") && !isSame) {
    wrong.push(`--sampler is ${config.sampler} there, not ${sampler}`);
  }
  if (given.has("conditions")) {
    // Numbers count the notions of the set, of which the run may have a part.
    const asked = notionRows(await openImageSet(config.data), flags.conditions!);
    if (asked.join() !== config.notions.join()) {
      wrong.push(
        `--conditions is ${config.notions.join(" ")} there, not ${flags.conditions!.join(" ")}`,
      );
    }
  }
  if (wrong.length > 0) {
    throw new UsageError(
      `Cannot go on from ${shownPath(path)} with other settings: ${
        wrong.join("; ")
      }; leave these flags out, or begin a new run without --resume`,
    );
  }
  if (info.threads !== threads()) {
    warn(
      `the run had ${info.threads} threads, now it has ${threads()}: results are bit-equal only with --threads ${info.threads}`,
    );
  }
  const epochs = given.has("epochs") ? flags.epochs : config.epochs;
  if (info.state!.epoch > epochs) {
    throw new CsnError(
      `Nothing is left to train: ${shownPath(path)} has finished epoch ${
        info.state!.epoch - 1
      } of ${epochs}; pass --epochs with a larger number`,
    );
  }
  return {
    ...config,
    epochs,
    name: given.has("name") ? flags.name : config.name,
    ...resumedPlacement(config, flags, given, warn),
    allowMissing: given.has("allowMissing") || config.allowMissing,
  };
}

/** Where the run was, unless there is no such device here. */
function resumedPlacement(
  { device, precision }: TrainConfig,
  flags: TrainFlags,
  given: ReadonlySet<string>,
  warning: (text: string) => void,
): Placement {
  const at = (device: string) => choosePlacement({ device, precision }, { warning });
  if (given.has("cuda") || given.has("device")) return at(placementWish(flags).device!);
  const { devices, reason } = describeLibrary().cuda;
  if (device === "cpu" || devices > 0) return at(device);
  warning(`the run was on ${device}, here it goes on on the CPU: ${reason}`);
  return at("cpu");
}

async function openFolder(
  config: TrainConfig,
  flags: TrainFlags,
  given: ReadonlySet<string>,
  checkpoint: ModelFile | undefined,
): Promise<RunFolder> {
  if (checkpoint === undefined) {
    return await RunFolder.create(runPath(config.name, flags.runs), flags);
  }
  const original = dirname(checkpoint.path);
  const isNamedAnew = given.has("name") && config.name !== checkpoint.info.config.name;
  const path = isNamedAnew || given.has("runs") ? runPath(config.name, flags.runs) : original;
  return await RunFolder.resume(path, checkpoint.info.state!, original, flags);
}

function newReporter(
  config: TrainConfig,
  { visdom }: RunSettings,
  folder: string,
  start: TrainEvent & { type: "start" },
  listener: Listener,
): VisdomReporter | null {
  if (visdom === null) return null;
  return new VisdomReporter({
    ...visdom,
    name: config.name,
    notions: config.notions,
    conditions: start.triplets.map(({ condition }) => condition),
    history: start.history,
    logFile: join(folder, "visdom.jsonl"),
    listener,
  });
}
