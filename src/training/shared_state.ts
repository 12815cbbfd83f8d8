/** What the processes of a group have in common before they train: rank 0's state. */
import { namedTensors } from "../distributed/named_tensors.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import { assertSameEverywhere, deviceFacts, type Facts } from "../distributed/same_everywhere.ts";
import type { TrainConfig } from "../model/config.ts";
import { version } from "../base/version.ts";
import { openedParts } from "../native/library.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { PreparedTraining } from "./prepare.ts";
import type { StepSetting } from "./train_step.ts";

/**
 * Throws a CsnError that names a rank whose settings, data or versions are not those of rank 0, and
 * then gives all ranks the weights, buffers and moments of rank 0.
 */
export async function shareState(
  group: ProcessGroup,
  { name: _name, ...config }: TrainConfig,
  { data, setting, readEvery }: {
    readonly data: PreparedTraining;
    readonly setting: StepSetting;
    readonly readEvery: number;
  },
): Promise<void> {
  const { network, optimiser } = setting;
  const tensors = new Map([...network.tensors, ...optimiser.tensors()]);
  await assertSameEverywhere(group, {
    ...versionFacts(),
    ...settingFacts(config),
    ...dataOf(data),
    "the losses read together": String(readEvery),
    "the network's tensors": shapesOf(tensors),
  }, "Cannot train together");
  await group.broadcast(namedTensors(tensors));
}

/** Gives all ranks rank 0's running statistics: each has its own of the images that it saw. */
export async function shareStatistics(
  group: ProcessGroup,
  { network }: Pick<StepSetting, "network">,
): Promise<void> {
  const learned = network.parameters();
  const others = [...network.tensors].filter(([name]) => !learned.has(name));
  await group.broadcast(namedTensors(new Map(others)));
}

/** The versions that all ranks must have. */
export function versionFacts(): Facts {
  return {
    "the version of csn": version,
    "the version of libtorch": openedParts().libtorchVersion,
  };
}

/** Settings that all ranks must have: all but what is called otherwise on another machine. */
export function settingFacts(
  { data: _data, device, pretrained: _from, exclude, ...settings }: Partial<TrainConfig>,
): Facts {
  const facts = Object.entries(settings).map(([name, value]) => [
    `\`${name}\``,
    JSON.stringify(value),
  ]);
  return {
    ...Object.fromEntries(facts),
    ...device === undefined ? {} : deviceFacts(device),
    "`exclude`": exclude?.sha256 ?? "none",
  };
}

function dataOf({ set, digest, values, bytes }: PreparedTraining): Facts {
  return {
    "the triplets": digest,
    "the number of images": String(set.imageFiles.length),
    "the images' files": bytes ?? "unknown",
    "the images' squares (`fit`)": set.fit,
    "the normalisation": JSON.stringify(set.normalisation),
    "the mirroring (`flip`)": String(set.flip),
    "the images' values": JSON.stringify(values?.attributes ?? null),
    "the images that triplets are formed of": values === null ? "none" : values.images.join(),
  };
}

function shapesOf(tensors: ReadonlyMap<string, Tensor>): string {
  const each = [...tensors].map(([name, { dtype, shape, strides }]) =>
    `${name} ${dtype} [${shape}] [${strides}]`
  );
  return each.sort().join("\n");
}
