/**
 * Epochs from image files: csn's first with the pack to be made, and later ones, against a
 * DataLoader with PIL.
 */
import { join } from "../../src/files/paths.ts";
import { packName } from "../../src/sets/pack/pack_place.ts";
import { Adam } from "../../src/network/adam.ts";
import { defaultConfig, learningRateOf, type TrainConfig } from "../../src/model/config.ts";
import { epochBatches } from "../../src/training/batches/epoch_batches.ts";
import { prepareTraining } from "../../src/training/prepare.ts";
import { Stepper } from "../../src/training/stepper.ts";
import { compared, type Comparison, type Pair } from "./comparison.ts";
import { writeFileSet } from "./image_files.ts";
import type { Partner } from "./partner.ts";
import { benchNetwork, type BenchOptions, benchShape, scaled, startPartner } from "./setting.ts";

/**
 * Triplets of an epoch at 112 pixels; there are half as many images, as in the original's default
 * run.
 */
const tripletsAt112 = 128;

/** Processes that decode, besides the original's: none on the CPU, four beside a GPU. */
const workers = { cpu: [0, 2], cuda: [4, 8] };

/** Measures epochs at the smallest and the largest size. */
export async function compareEpochs(options: BenchOptions): Promise<Comparison[]> {
  const sizes = new Set([Math.min(...options.sizes), Math.max(...options.sizes)]);
  const found: Comparison[] = [];
  for (const size of sizes) {
    // A run as long as at 112 pixels would make as many files as the paper's set has.
    const triplets = Math.max(
      options.batchSize,
      scaled(tripletsAt112, Math.max(size, 32), options),
    );
    const images = Math.ceil(triplets / 2);
    options.notice(`epochs at ${size} pixels, ${triplets} triplets over ${images} files`);
    const folder = await Deno.makeTempDir({ prefix: "csn-bench-" });
    try {
      await writeFileSet(folder, { images, triplets: { train: triplets, val: 4, test: 4 } });
      found.push(...await compareAt(size, folder, { triplets, images }, options));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  return found;
}

async function compareAt(
  size: number,
  folder: string,
  { triplets, images }: { readonly triplets: number; readonly images: number },
  options: BenchOptions,
): Promise<Comparison[]> {
  await using partner = await startPartner("epoch_speed.py", size, options, { data: folder });
  const [few, many] = workers[options.placement.device === "cpu" ? "cpu" : "cuda"];
  const rounds: Round[] = [];
  const config = configOf(size, folder, options);
  await csnSeconds(config, options);
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    rounds.push(await runRound(config, partner, [few, many], options));
  }
  const row = (name: string, count: number, pair: (round: Round) => Pair) =>
    compared({
      item: "epoch",
      work: `epoch, ${name}, ${size} px, ${triplets} triplets of ${images} files`,
      against: `eager, ${count} workers`,
      unit: "s",
    }, rounds.map(pair));
  return [
    row("cold", few, ({ cold, few }) => ({ csn: cold, pytorch: few })),
    row("packed", few, ({ packed, few }) => ({ csn: packed, pytorch: few })),
    row("packed", many, ({ packed, many }) => ({ csn: packed, pytorch: many })),
  ];
}

/** Seconds of each kind of epoch. */
interface Round {
  readonly cold: number;
  readonly packed: number;
  readonly few: number;
  readonly many: number;
}

async function runRound(
  config: TrainConfig,
  partner: Partner,
  [few, many]: readonly number[],
  options: BenchOptions,
): Promise<Round> {
  const pack = join(config.data, packName(config.imageSize, "crop"));
  await Deno.remove(pack);
  await Deno.remove(`${pack}.json`);
  return {
    cold: await csnSeconds(config, options),
    few: await partner.seconds({ workers: few }),
    packed: await csnSeconds(config, options),
    many: await partner.seconds({ workers: many }),
  };
}

function configOf(imageSize: number, data: string, options: BenchOptions): TrainConfig {
  const { batchSize, placement } = options;
  return {
    ...defaultConfig,
    ...benchShape,
    ...placement,
    imageSize,
    data,
    batchSize,
    trainTriplets: Infinity,
  };
}

/** From the set's folder to a trained epoch, with a new network, which is made before. */
async function csnSeconds(config: TrainConfig, options: BenchOptions): Promise<number> {
  using network = benchNetwork(options);
  using optimiser = new Adam(network.parameters());
  const began = performance.now();
  await using prepared = await prepareTraining(config, {});
  const { margin, embedLoss, maskLoss } = config;
  using stepper = new Stepper({
    network,
    optimiser,
    pack: prepared.pack,
    normalisation: prepared.set.normalisation,
    weights: { margin, embedding: embedLoss, mask: maskLoss },
  }, 20);
  const batches = await epochBatches(config, prepared, 1);
  for (let index = 0; index < batches.length; index++) {
    await stepper.step((await batches.at(index))!, learningRateOf(config, 1));
  }
  await stepper.finish();
  return (performance.now() - began) / 1000;
}
