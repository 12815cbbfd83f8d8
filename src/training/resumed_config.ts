import { CsnError, UsageError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { basename, dirname, resolve } from "../files/paths.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import type { TrainConfig } from "../model/config.ts";
import type { TrainerState } from "../model/trainer_state.ts";
import type { ModelFile } from "../model/model_file.ts";
import { describeLibrary, threads } from "../native/library.ts";
import type { Placement } from "../network/placement.ts";
import { beginsWith } from "../sets/excluded_triplets.ts";
import { notionRows, openImageSet } from "../sets/image_set.ts";
import type { ResumedRun, TrainSettings } from "./train_options.ts";

/** Settings that a run keeps: when they are given, they must be what they were. */
const kept = [
  "imageSize",
  "batchSize",
  "startEpoch",
  "learningRate",
  "seed",
  "margin",
  "embedLoss",
  "maskLoss",
  "trainTriplets",
  "dimension",
  "variant",
] as const;

/**
 * The configuration in a checkpoint, with the epochs, the name and the device that `options` give.
 * Throws a UsageError for other settings than it has, and a CsnError when nothing is left to train.
 */
export async function resumedConfig(
  { info, path }: ModelFile,
  options: Omit<ResumedRun, "resume">,
): Promise<TrainConfig> {
  const { config } = info;
  const wrong = await differences(config, options);
  if (wrong.length > 0) {
    throw new UsageError(
      `Cannot go on from ${path} with other settings: ${
        wrong.join("; ")
      }; leave these out, or begin a new run without \`resume\``,
    );
  }
  if (info.threads !== threads()) {
    options.listener?.warning?.(
      `the run had ${info.threads} threads, now it has ${threads()}: results are bit-equal only with \`threads: ${info.threads}\``,
    );
  }
  const [before, now] = [info.world ?? 1, options.group?.place.world ?? 1];
  if (before !== now) {
    const processes = (count: number) => count === 1 ? "1 process" : `${count} processes`;
    options.listener?.warning?.(
      `the run had ${processes(before)}, now it has ${now}: results are bit-equal only with ${
        processes(before)
      }${repacked(config, info.state!)}`,
    );
  }
  const epochs = options.epochs ?? config.epochs;
  if (info.state!.epoch > epochs) {
    throw new CsnError(
      `Nothing is left to train: ${path} has finished epoch ${
        info.state!.epoch - 1
      } of ${epochs}; pass \`epochs\` with a larger number`,
    );
  }
  return {
    ...config,
    epochs,
    name: options.name ?? nameIn(options.out, path) ?? config.name,
    ...resumedPlacement(config, options.device, options.listener),
    allowMissing: options.allowMissing || config.allowMissing,
    ...config.exclude !== undefined && options.exclude !== undefined && {
      exclude: { ...config.exclude, file: resolve(options.exclude) },
    },
  };
}

/** What another number of processes does to an epoch of packed batches that has begun. */
function repacked({ sampler }: TrainConfig, { epoch, sums }: TrainerState): string {
  if (sampler !== "dense-lists" || sums.batches === 0) return "";
  return `; the rest of epoch ${epoch} is packed anew, so some of its triplets come twice and others not`;
}

/** A copy is called as its folder is; a run that goes on where it was keeps its name. */
function nameIn(out: string | undefined, checkpoint: string): string | undefined {
  if (out === undefined || resolve(out) === resolve(dirname(checkpoint))) return undefined;
  return basename(resolve(out));
}

/** In what the settings that are given differ from a run's: "`batchSize` is 256 there, not 128". */
export async function differences(
  config: TrainConfig,
  given: TrainSettings & { readonly data?: string },
): Promise<string[]> {
  const wrong: string[] = [];
  const differ = (name: string, there: unknown, here: unknown) =>
    wrong.push(`\`${name}\` is ${there} there, not ${here}`);
  for (const name of kept) {
    const value = given[name];
    if (value !== undefined && value !== config[name]) differ(name, config[name], value);
  }
  const { data, pretrained, precision, sampler, notions, exclude } = given;
  if (data !== undefined && resolve(data) !== config.data) {
    differ("data", config.data, resolve(data));
  }
  if (pretrained !== undefined && ![pretrained, resolve(pretrained)].includes(config.pretrained)) {
    differ("pretrained", config.pretrained, pretrained);
  }
  if (precision !== undefined && precision !== "auto" && precision !== config.precision) {
    differ("precision", config.precision, precision);
  }
  if (sampler !== undefined && !isSampler(sampler, config)) {
    differ("sampler", config.sampler, sampler);
  }
  if (exclude !== undefined) {
    const { exclude: list } = config;
    if (list === undefined || !await beginsWith(resolve(exclude), list)) {
      differ("exclude", list?.file ?? "not given", exclude);
    }
  }
  if (notions !== undefined) {
    // Numbers count the notions of the set, of which the run may have a part.
    const asked = notionRows(await openImageSet(config.data), notions);
    if (asked.join() !== config.notions.join()) {
      differ("notions", config.notions.join(" "), notions.join(" "));
    }
  }
  return wrong;
}

function isSampler(given: string, { sampler }: TrainConfig): boolean {
  return given === "dense" ? sampler.startsWith("dense-") : given === sampler;
}

/** Where the run was, unless there is no such device here. */
function resumedPlacement(
  { device, precision }: TrainConfig,
  given: string | undefined,
  listener?: Listener,
): Placement {
  const warning = (text: string) => listener?.warning?.(text);
  const at = (device: string) => choosePlacement({ device, precision }, { warning });
  if (given !== undefined) return at(given);
  const { devices, reason } = describeLibrary().cuda;
  if (device === "cpu" || devices > 0) return at(device);
  warning(`the run was on ${device}, it continues on the CPU here: ${reason}`);
  return at("cpu");
}
