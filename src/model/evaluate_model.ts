import { version } from "../base/version.ts";
import { allOrNone } from "../distributed/all_or_none.ts";
import { heardListener } from "../distributed/heard_listener.ts";
import type { ProcessGroup } from "../distributed/process_group.ts";
import { assertSameEverywhere, deviceFacts } from "../distributed/same_everywhere.ts";
import { sha256 } from "../files/sha256.ts";
import type { ImageSet, Split } from "../sets/image_set.ts";
import { withOneSet } from "../sets/one_set.ts";
import { type Pack, preparePack } from "../sets/pack/pack.ts";
import { loadTriplets, type Triplets } from "../sets/triplets.ts";
import type { Listener } from "../base/listener.ts";
import type { SeenImages } from "./seen_counts.ts";
import { Network } from "../network/network.ts";
import { onCpu, type Placement } from "../network/placement.ts";
import { type Evaluation, type NotionEvaluation, scoreEach } from "./evaluate.ts";
import { readImageGroups } from "../sets/image_groups.ts";
import type { Interval } from "../statistics/estimate.ts";
import { estimateMean } from "../statistics/estimate_mean.ts";
import type { TestUnits } from "../statistics/test_units.ts";
import { TripletParts } from "../statistics/triplet_parts.ts";
import { type ModelFile, networkShape, networkTensors } from "./model_file.ts";
import { modelOnSet } from "./model_on_set.ts";
import { openSetOf } from "./open_set_of.ts";
import type { TaughtNotion } from "./taught_notion.ts";
import { mapPack, unusableImages } from "../sets/pack/map_pack.ts";
import { warnOfDropped } from "../sets/warn_of_dropped.ts";
import { seenImages, warnOfSeen } from "./seen_images.ts";

/** How a model is tested. */
export interface TestOptions {
  /** Which lists; the test lists by default. */
  readonly split?: Split;
  /** Folder of the image set; by default the one that the model was trained on. */
  readonly data?: string;
  /** Whether more than 1 % of the images may be missing or unreadable. */
  readonly allowMissing?: boolean;
  /** Folder for packs; see `preparePack`. */
  readonly packDir?: string;
  /** Where it computes. @default {the CPU, in float32} */
  readonly placement?: Placement;
  /** Receives progress of decoding and embedding, and warnings. */
  readonly listener?: Listener;
  /** Stops the test; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
  /**
   * Processes that test together, each of which calls this with the same model and set: each embeds
   * a part of the images. What rank 0 finds counts; rank 0 alone is heard of.
   */
  readonly group?: ProcessGroup;
}

/** A notion's evaluation with the interval of its accuracy. */
export interface TestedNotion extends NotionEvaluation {
  /** The 95 % interval of its accuracy. */
  readonly interval: Interval;
}

/** What was found in testing a model file. */
export interface ModelEvaluation extends Evaluation {
  /**
   * The 95 % interval of the accuracy: what this very network would have on other images, or other
   * groups of them. Another training run gives another network.
   */
  readonly interval: Interval;
  /** What other test data would have others of. */
  readonly units: TestUnits;
  /** The same for each notion. */
  readonly notions: readonly TestedNotion[];
  /** The images that it was trained on or chosen by; null when its file does not know them. */
  readonly seenImages: SeenImages | null;
  /** Notions that were taught and that the set has no lists of: they are not tested. */
  readonly taughtElsewhere: readonly TaughtNotion[];
}

/**
 * Evaluates a model on the triplets of one split of an image set: the one it was trained on, or
 * `data`. The model file says its notions, image size, fit and normalisation. Warns, with counts,
 * of images that the model was trained on. libtorch must be open.
 *
 * @example Test a model on the set that it was trained on
 * ```ts
 * import { readModelFile, start, testModel } from "@csn/csn";
 *
 * await start();
 * const { accuracy, notions } = await testModel(await readModelFile("runs/mine/model_best"));
 * console.log(accuracy, notions.map((notion) => `${notion.name}: ${notion.accuracy}`));
 * ```
 */
export async function testModel(
  file: ModelFile,
  options: TestOptions = {},
): Promise<ModelEvaluation> {
  const heard = { ...options, listener: heardListener(options.group, options.listener) };
  return await withOneSet(options.data ?? file.info.config.data, () => testOnSet(file, heard));
}

/** A model and the triplets that it is tested on. */
interface ReadyTest {
  readonly file: ModelFile;
  readonly set: ImageSet;
  readonly pack: Pack;
  readonly triplets: Triplets;
  readonly seen: SeenImages | null;
  readonly elsewhere: readonly TaughtNotion[];
}

async function readyTest(
  given: ModelFile,
  split: Split,
  options: TestOptions,
): Promise<ReadyTest> {
  const set = await openSetOf(given, "test", options.data);
  const { file, elsewhere } = modelOnSet(given, set, options.listener);
  const { info } = file;
  const pack = await preparePack(set, info.imageSize, { ...options, fit: info.fit });
  const triplets = await splitTriplets(file, set, split, pack);
  warnOfDropped(triplets, split, options.listener);
  const seen = await seenImages(file, pack, triplets.images, triplets, options);
  warnOfSeen(seen, split, options.listener);
  return { file, set, pack, triplets, seen, elsewhere };
}

/** Ranks that test another model or other triplets would embed images that fit nowhere. */
async function assertSameTest(
  group: ProcessGroup,
  { file: { info, tensors }, pack, triplets }: ReadyTest,
  { device, precision }: Placement,
): Promise<void> {
  const weights = [...tensors].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, { bytes }]) => `${name} ${sha256(bytes)}`);
  await assertSameEverywhere(group, {
    "the version of csn": version,
    ...deviceFacts(device),
    "`precision`": precision,
    "the model": JSON.stringify([
      info.notions,
      info.imageSize,
      info.fit,
      info.normalisation,
      weights,
    ]),
    "the images' files": pack.bytes ?? "unknown",
    "the triplets": [...triplets.images, ...triplets.notion].join(),
  }, "Cannot test together");
}

async function testOnSet(given: ModelFile, options: TestOptions): Promise<ModelEvaluation> {
  const split = options.split ?? "test";
  const { placement = onCpu, group, signal } = options;
  const ready = await allOrNone(
    group ?? null,
    () => readyTest(given, split, options),
    signal,
  );
  if (group !== undefined) await assertSameTest(group, ready, placement);
  const { file, set, pack, triplets, seen, elsewhere } = ready;
  const { info } = file;
  using pixels = mapPack(pack, placement.device);
  using network = new Network(networkShape(file), networkTensors(file), placement);
  const { evaluation, right } = await scoreEach(network, pixels, triplets, {
    split,
    normalisation: info.normalisation,
    margin: info.config.margin,
    listener: options.listener,
    signal,
    group,
  });
  const groups = await readImageGroups(set, options.listener);
  const parts = new TripletParts({ ...triplets, groups: groups?.numbers });
  const [all, ...each] = parts.samples([Float64Array.from(right)], true).map(estimateMean);
  return {
    ...evaluation,
    interval: ends(all),
    units: parts.units,
    notions: evaluation.notions.map((notion, row) => ({ ...notion, interval: ends(each[row]) })),
    seenImages: seen,
    taughtElsewhere: elsewhere,
  };
}

function ends({ low, high }: Interval): Interval {
  return { low, high };
}

/** Every triplet of a split whose images can be used. */
export async function splitTriplets(
  { info }: ModelFile,
  set: ImageSet,
  split: Split,
  pack: Pack,
): Promise<Triplets> {
  return await loadTriplets(set, split, {
    notions: info.notions,
    seed: info.config.seed,
    unusable: unusableImages(pack),
  });
}
