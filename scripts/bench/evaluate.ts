/**
 * Evaluation of many triplets over few images: csn embeds each image once, the original each time
 * it occurs.
 */
import type { Triplets } from "../../src/sets/triplets.ts";
import { randomBelow } from "../../src/base/random.ts";
import { evaluate } from "../../src/model/evaluate.ts";
import { compared, type Comparison, inTurn } from "./comparison.ts";
import {
  benchNetwork,
  benchNormalisation,
  type BenchOptions,
  benchShape,
  randomPack,
  scaled,
  startPartner,
} from "./setting.ts";

/** The paper's test lists hold so many triplets (4 x 40,000), its test images are about as many. */
const triplets = 160_000;
const images = 10_000;

/** Triplets of PyTorch's sample at 112 pixels. */
const sampleAt112 = 96;

/**
 * Measures evaluation at the smallest size: the less an image costs, the less it helps csn to embed
 * it once. PyTorch's time is that of a sample, times what the sample is of all; its work is the
 * same for each triplet.
 */
export async function compareEvaluation(options: BenchOptions): Promise<Comparison[]> {
  const size = Math.min(...options.sizes);
  const all = Math.max(1000, Math.round(triplets * Math.min(1, options.length)));
  const count = Math.max(100, Math.round(images * Math.min(1, options.length)));
  const sample = Math.min(all, scaled(sampleAt112, size, options));
  options.notice(`evaluation at ${size} pixels, PyTorch by a sample of ${sample} triplets`);
  using network = benchNetwork(options);
  using pack = randomPack(count, size, options);
  await using partner = await startPartner("evaluate_speed.py", size, options);
  const drawn = randomTriplets(all, count);
  const csn = async () => {
    const { seconds } = await evaluate(network, pack, drawn, {
      split: "test",
      normalisation: benchNormalisation,
      margin: 0.2,
    });
    return all / seconds;
  };
  const pytorch = async () => sample / await partner.seconds({ triplets: sample });
  const [pairs] = await inTurn(options.repeats, csn, [pytorch]);
  return [
    compared({
      item: "evaluate",
      work: `evaluation, ${size} px, ${all} triplets of ${count} images`,
      against: `eager, scaled from ${sample} triplets`,
      unit: "triplets/s",
    }, pairs),
  ];
}

function randomTriplets(count: number, images: number): Triplets {
  const { notions } = benchShape;
  return {
    notions,
    images: Uint32Array.from({ length: 3 * count }, (_, i) => randomBelow(2, 0, i, images)),
    notion: Uint8Array.from({ length: count }, (_, i) => i % notions.length),
    dropped: 0,
    perNotion: [],
  };
}
