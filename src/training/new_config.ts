import { UsageError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { resolve } from "../files/paths.ts";
import { choosePlacement } from "../model/choose_placement.ts";
import { defaultConfig, type Sampler, type TrainConfig } from "../model/config.ts";
import { describeLibrary, hasFastBf16 } from "../native/library.ts";
import type { Placement } from "../network/placement.ts";
import { takeExcludeList } from "../sets/excluded_triplets.ts";
import { type ImageSet, notionRows, openImageSet } from "../sets/image_set.ts";
import { assertTrainableNames } from "../sets/notion_names.ts";
import { readSetValues } from "../sets/set_values.ts";
import type { TrainSettings } from "./train_options.ts";

/** The settings of a new run, and what it is called. */
export interface NewSettings extends TrainSettings {
  /** Folder of the image set. */
  readonly data: string;
  /** The run's name. */
  readonly name: string;
  /** Hears of what could be chosen better. */
  readonly listener?: Listener;
}

/**
 * The whole configuration of a new run. Throws a UsageError for settings that do not go together.
 */
export async function newConfig(options: NewSettings): Promise<TrainConfig> {
  const { listener, sampler, pretrained, exclude } = options;
  const set = await openImageSet(options.data);
  const config: TrainConfig = {
    ...defaultConfig,
    ...givenOf(options),
    name: options.name,
    data: set.folder,
    notions: options.notions === undefined ? set.notions : notionRows(set, options.notions),
    pretrained: pretrainedOf(pretrained, set),
    ...newPlacement(options, listener),
    sampler: await samplerOf(sampler ?? defaultConfig.sampler, set, listener),
    ...exclude !== undefined && { exclude: await takeExcludeList(resolve(exclude)) },
  };
  checkTogether(config);
  assertTrainableNames(set, config.notions);
  return config;
}

/** The settings that are given, as far as they mean the same in a configuration. */
function givenOf(options: TrainSettings): Partial<TrainConfig> {
  const given = Object.entries(options).filter(([name, value]) =>
    name in defaultConfig && value !== undefined
  );
  return Object.fromEntries(given);
}

function checkTogether(
  { startEpoch, epochs, variant, notions, dimension, sampler, exclude }: TrainConfig,
): void {
  if (startEpoch > epochs) {
    throw new UsageError(
      `Nothing would be trained: \`startEpoch\` is ${startEpoch}, \`epochs\`, the last one, is ${epochs}; raise \`epochs\``,
    );
  }
  if ((variant === "fixed" || variant === "prein") && notions.length > dimension) {
    throw new UsageError(
      `Disjoint masks need a dimension for each of the ${notions.length} notions: \`dimension\` is ${dimension}; raise it, or pass \`variant: "learned"\``,
    );
  }
  if (variant === "specialists" && sampler !== "triplets") {
    throw new UsageError(
      `Cannot train specialists with \`sampler: "${sampler}"\`: each of them learns from batches of its own notion's triplets; leave \`sampler\` out`,
    );
  }
  if (exclude !== undefined && sampler === "dense-values") {
    throw new UsageError(
      `Cannot leave out triplets (\`exclude\`) with \`sampler: "dense-values"\`: its batches form triplets of the images' values, and not of the lists; pass \`sampler: "dense-lists"\`, or correct the values`,
    );
  }
}

/** Where the backbone starts from: a word, or a file by its absolute path. */
export function pretrainedOf(given: string | undefined, { name }: Pick<ImageSet, "name">): string {
  if (given === undefined) return name === "zappos" ? "imagenet" : defaultConfig.pretrained;
  return ["imagenet", "none"].includes(given) ? given : resolve(given);
}

/** Where a new run computes; says so when another precision would be faster. */
function newPlacement({ device, precision }: TrainSettings, listener?: Listener): Placement {
  const placement = choosePlacement({ device, precision }, listener);
  const isChosen = precision !== undefined && precision !== "auto";
  if (!isChosen && placement.device === "cpu" && hasFastBf16(describeLibrary())) {
    listener?.notice?.('this processor computes bfloat16: `precision: "bf16"` trains faster here');
  }
  return placement;
}

/** What "dense" means for a set. */
async function samplerOf(
  given: Sampler | "dense",
  set: ImageSet,
  listener?: Listener,
): Promise<Sampler> {
  if (given !== "dense") return given;
  if (await readSetValues(set) !== null) return "dense-values";
  listener?.notice?.(
    `${set.name} has no values of its images (attributes.csv): dense batches are packed from its lists`,
  );
  return "dense-lists";
}
