/** What the flags of `train` ask of the library's `train`. */
import { UsageError } from "../base/errors.ts";
import type { RunSettings } from "../model/config.ts";
import type { ModelFile, ModelInfo } from "../model/model_file.ts";
import { learnsMasks, type Variant } from "../network/variant.ts";
import type { NewRun, ResumedRun, RunOptions } from "../training/train_options.ts";
import { dataPath, runPath, userPath } from "./paths.ts";
import type { TrainFlags } from "./train_options.ts";

/** Flags that are options of the library, some by another name. */
const options = {
  epochs: "epochs",
  startEpoch: "startEpoch",
  batchSize: "batchSize",
  lr: "learningRate",
  margin: "margin",
  embedLoss: "embedLoss",
  maskLoss: "maskLoss",
  dimEmbed: "dimension",
  imageSize: "imageSize",
  seed: "seed",
  numTraintriplets: "trainTriplets",
  conditions: "notions",
  precision: "precision",
  sampler: "sampler",
  allowMissing: "allowMissing",
  overwrite: "overwrite",
  packDir: "packDir",
  logInterval: "logInterval",
  saveEvery: "saveEveryMinutes",
} as const satisfies Partial<Record<keyof TrainFlags, keyof RunOptions>>;

/** The options that some flags are; `isMeant` says which flags count. */
function optionsOf(flags: TrainFlags, isMeant: (flag: keyof TrainFlags) => boolean): RunOptions {
  const names = Object.keys(options) as (keyof typeof options)[];
  return Object.fromEntries(
    names.filter(isMeant).map((flag) => [options[flag], flags[flag]]),
  );
}

/** A new run: every flag counts, with its default. */
export function newRun(flags: TrainFlags): NewRun {
  return {
    ...optionsOf(flags, () => true),
    data: dataPath(flags.data),
    out: runPath(flags.name, flags.runs),
    name: flags.name,
    variant: variantOfFlags(flags),
    device: flags.cuda ? flags.device : "cpu",
    pretrained: pretrainedPath(flags.pretrained),
    exclude: flags.exclude === undefined ? undefined : userPath(flags.exclude),
    visdom: visdomOf(flags, new Set(["visdom"])),
  };
}

/** A run that goes on: only the flags count that the user gave. */
export function resumedRun(
  checkpoint: ModelFile,
  flags: TrainFlags,
  given: ReadonlySet<string>,
): ResumedRun {
  const { config } = checkpoint.info;
  const isMeant = (flag: keyof TrainFlags) => given.has(flag);
  const name = isMeant("name") ? flags.name : config.name;
  const hasPlace = name !== config.name || isMeant("runs");
  return {
    ...optionsOf(flags, isMeant),
    resume: checkpoint,
    name,
    out: hasPlace ? runPath(name, flags.runs) : undefined,
    data: isMeant("data") ? dataPath(flags.data) : undefined,
    variant: resumedVariant(flags, given, config.variant),
    device: isMeant("cuda") ? "cpu" : isMeant("device") ? flags.device : undefined,
    pretrained: isMeant("pretrained") ? pretrainedPath(flags.pretrained) : undefined,
    exclude: isMeant("exclude") ? userPath(flags.exclude!) : undefined,
    visdom: visdomOf(flags, given, checkpoint.info),
  };
}

/** What `--pretrained` means: a word, or a file that the user names. */
export function pretrainedPath(flag: string | undefined): string | undefined {
  return flag === undefined || ["imagenet", "none"].includes(flag) ? flag : userPath(flag);
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

/**
 * The variant that flags ask a run to have: --learned alone is right for all whose masks are
 * learned.
 */
function resumedVariant(
  flags: TrainFlags,
  given: ReadonlySet<string>,
  variant: Variant,
): Variant | undefined {
  if (given.has("variant")) return variantOfFlags(flags);
  if (given.has("prein")) return "prein";
  if (given.has("learned")) return learnsMasks(variant) ? variant : "learned";
  return undefined;
}

/** Where a run is posted to: as the flags say, those left out as before; null for nowhere. */
function visdomOf(
  flags: TrainFlags,
  given: ReadonlySet<string>,
  info?: ModelInfo,
): RunSettings["visdom"] {
  const before = info?.settings?.visdom;
  const posts = given.has("visdom") ? flags.visdom ?? false : before != null;
  if (!posts) return null;
  const name = given.has("name") || info === undefined ? flags.name : info.config.name;
  // A copy of a run has an environment of its own, unless one was chosen.
  const stored = before?.environment;
  const kept = stored === info?.config.name ? name : stored;
  return {
    server: given.has("visdomServer") ? flags.visdomServer : before?.server ?? flags.visdomServer,
    port: given.has("visdomPort") ? flags.visdomPort : before?.port ?? flags.visdomPort,
    environment: flags.visdomEnv ?? kept ?? name,
  };
}
