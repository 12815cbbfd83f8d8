import type { OrdinalAttribute } from "../sets/attribute.ts";
import { distance } from "../sets/make/notions/distance.ts";
import type { OrdinalFit } from "./model_analysis.ts";
import type { MaskedVectors } from "../statistics/masked_vectors.ts";
import { correlationInterval } from "../statistics/interval.ts";
import { sampledPairs } from "../statistics/sampled_pairs.ts";
import { spearman } from "../statistics/spearman.ts";
import { spearmanScatter } from "../statistics/spearman_scatter.ts";

/** Pairs of images that are drawn: Spearman's correlation is then known to half a hundredth. */
const mostPairs = 50_000;

/**
 * Spearman's correlation of masked distance with the difference of values, over pairs of different
 * images whose values are known: all pairs, or 50,000 drawn by `seed` and `stream` where there are
 * more. Row i of `masked` is image number `images[i]` of the attribute. `groups`, by image of the
 * set, are the units of the interval where they are given, else images are.
 */
export function ordinalFit(
  masked: MaskedVectors,
  images: Uint32Array,
  { values }: OrdinalAttribute,
  random: { readonly seed: number; readonly stream: number },
  groups?: ArrayLike<number>,
): Omit<OrdinalFit, "notion"> {
  const known = Uint32Array.from(images.keys()).filter((row) => !Number.isNaN(values[images[row]]));
  const pairs = sampledPairs(known.length, mostPairs, random);
  const distances = new Float64Array(pairs.length / 2);
  const differences = new Float64Array(pairs.length / 2);
  for (let pair = 0; pair < distances.length; pair++) {
    const [a, b] = [known[pairs[2 * pair]], known[pairs[2 * pair + 1]]];
    distances[pair] = masked.squaredDistance(a, b);
    differences[pair] = distance(values[images[a]], values[images[b]]);
  }
  const found = spearman(distances, differences);
  const scatter = found === null ? null : spearmanScatter(
    { pairs: pairs.map((place) => images[known[place]]), a: distances, b: differences },
    groups,
  );
  return {
    spearman: found,
    interval: scatter === null ? null : correlationInterval(found!, scatter),
    pairs: distances.length,
  };
}
