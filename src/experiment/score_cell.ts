import { sha256OfFile } from "../files/sha256.ts";
import { readMetrics } from "../training/run_log.ts";
import { CsnError } from "../base/errors.ts";
import { isFile } from "../files/exists.ts";
import type { Listener } from "../base/listener.ts";
import { Network } from "../network/network.ts";
import type { Placement } from "../network/placement.ts";
import { join } from "../files/paths.ts";
import { readSafetensors, writeSafetensors } from "../tensor/safetensors.ts";
import { embedDistinct, tripletDistances } from "../model/evaluate.ts";
import { modelPath, networkShape, networkTensors, readModelFile } from "../model/model_file.ts";
import { assertSameSet } from "../sets/one_set.ts";
import { mapPack } from "../sets/pack/map_pack.ts";
import { seenImages, warnOfSeen } from "../model/seen_images.ts";
import { outcomesOf } from "./outcomes.ts";
import { presented, type TestTriplets } from "./flipped_triplets.ts";

/** What was measured of a trained cell. */
export interface CellScores {
  /** [n]: `right`, `wrong` or `tie` for each test triplet. */
  readonly outcomes: Uint8Array;
  /** The epoch whose weights were tested: the best on validation. */
  readonly epoch: number;
  /** Training triplets of all notions together. */
  readonly trainTriplets: number;
  /** Images embedded in training, over all epochs. */
  readonly embeddedImages: number;
  /** Seconds of training and validation. */
  readonly seconds: number;
}

/** How a cell is tested. */
export interface ScoreOptions {
  /** Where it computes. */
  readonly placement: Placement;
  /** Receives progress of embedding. */
  readonly listener?: Listener;
  /** Stops it; the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Tests a cell's model_best, unless the outcomes in its folder are those of this model on these
 * triplets and images.
 */
export async function scoreCell(
  folder: string,
  test: TestTriplets,
  options: ScoreOptions,
): Promise<CellScores> {
  // Hours of training may have passed since the triplets were read.
  await assertSameSet(test.place);
  await warnOfMet(folder, test, options);
  await checkFit(folder, test);
  const kept = await keptOutcomes(folder, test);
  const outcomes = kept ?? await testModelBest(folder, test, options);
  const history = await readMetrics(folder);
  return {
    outcomes,
    epoch: history.findLast(({ best }) => best)?.epoch ?? 0,
    trainTriplets: history[0]?.train.notions.reduce((sum, { triplets }) => sum + triplets, 0) ?? 0,
    embeddedImages: history.reduce((sum, { train }) => sum + train.images, 0),
    seconds: history.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** A cell may be older than the set: its training images may be test images now. */
async function warnOfMet(
  folder: string,
  { pack, triplets }: TestTriplets,
  options: ScoreOptions,
): Promise<void> {
  const file = await readModelFile(modelPath(folder, "model_best"));
  const seen = await seenImages(file, pack, triplets.images, triplets, options);
  warnOfSeen(seen, "test", options.listener);
}

/** All cells must have learned from images that were made square as the set says. */
async function checkFit(folder: string, { set }: TestTriplets): Promise<void> {
  const { info } = await readModelFile(modelPath(folder, "model_best"));
  if (info.fit === set.fit) return;
  throw new CsnError(
    `Cannot use ${folder} for this experiment: its model learned from images of the fit "${info.fit}", those of ${set.folder} have "${set.fit}"; remove that folder, or choose another folder with \`folder\``,
  );
}

/**
 * The outcomes that a folder keeps; null when there are none, or of another model or other
 * triplets.
 */
export async function keptOutcomes(
  folder: string,
  test: TestTriplets,
): Promise<Uint8Array | null> {
  const path = scoresPath(folder);
  if (!await isFile(path) || !await isFile(modelPath(folder, "model_best"))) return null;
  try {
    const { tensors, metadata } = await readSafetensors(path);
    const outcomes = tensors.get("outcomes")?.bytes;
    const isSame = outcomes?.length === test.triplets.notion.length &&
      metadata.triplets === test.digest && metadata.model === await modelDigest(folder) &&
      isOfImages(metadata.images, test);
    return isSame ? outcomes : null;
  } catch (error) {
    // What cannot be read is measured again.
    if (error instanceof CsnError) return null;
    throw error;
  }
}

/**
 * Whether outcomes are of the images as they are; those from before images were recorded are
 * believed.
 */
function isOfImages(recorded: string | undefined, { pack }: TestTriplets): boolean {
  return pack.bytes === null || !recorded || recorded === pack.bytes;
}

async function testModelBest(
  folder: string,
  test: TestTriplets,
  options: ScoreOptions,
): Promise<Uint8Array> {
  const file = await readModelFile(modelPath(folder, "model_best"));
  const { triplets, isFlipped, pack } = test;
  using pixels = mapPack(pack, options.placement.device);
  await assertSameSet(test.place);
  using network = new Network(networkShape(file), networkTensors(file), options.placement);
  const embedded = await embedDistinct(network, pixels, triplets.images, {
    ...options,
    normalisation: file.info.normalisation,
  });
  using embeddings = embedded.embeddings;
  const shown = presented(embedded.positions, isFlipped);
  const { far: first, near: second } = await tripletDistances(
    network,
    embeddings,
    shown,
    triplets.notion,
  );
  const outcomes = outcomesOf(first, second, isFlipped);
  await writeSafetensors(
    scoresPath(folder),
    new Map([["outcomes", { dtype: "uint8", shape: [outcomes.length], bytes: outcomes }]]),
    {
      metadata: {
        about: "of each test triplet: 0 right, 1 wrong, 2 tie",
        triplets: test.digest,
        model: await modelDigest(folder),
        images: test.pack.bytes ?? "",
      },
    },
  );
  return outcomes;
}

function scoresPath(folder: string): string {
  return join(folder, "scores.safetensors");
}

async function modelDigest(folder: string): Promise<string> {
  return await sha256OfFile(modelPath(folder, "model_best"));
}
