import { meanOf } from "../../src/statistics/mean.ts";
import assert from "node:assert/strict";
import { randomBelow, randomNormal, randomUnit } from "../../src/base/random.ts";
import { clusteredStandardError, estimateMeans } from "../../src/statistics/cluster_bootstrap.ts";
import { SharedImages } from "../../src/statistics/shared_images.ts";

/** Random triplets of `images` images, some of which hold an image twice when `repeats` is set. */
function randomTriplets(n: number, images: number, seed: number, repeats = false): Uint32Array {
  const flat: number[] = [];
  for (let index = 0; flat.length < 3 * n; index++) {
    const members = [0, 1, 2].map((role) => randomBelow(seed, role, index, images));
    if (repeats || new Set(members).size === 3) flat.push(...members);
  }
  return Uint32Array.from(flat);
}

/** x_t of triplets on which each of their images has an effect: far from independent. */
function withImageEffects(images: Uint32Array, effect: number, seed: number): Float64Array {
  const effectOf = (image: number) => effect * randomNormal(seed, 1, image);
  return Float64Array.from(
    { length: images.length / 3 },
    (_, t) =>
      0.3 + randomNormal(seed, 2, t) + effectOf(images[3 * t]) + effectOf(images[3 * t + 1]) +
      effectOf(images[3 * t + 2]),
  );
}

Deno.test("clusteredStandardError() equals a double loop over all pairs of triplets that share an image", () => {
  for (const [seed, repeats] of [[1, false], [2, true], [3, false]] as const) {
    const images = randomTriplets(60, 14, seed, repeats);
    const values = withImageEffects(images, 1, seed);
    const members = Array.from({ length: 60 }, (_, t) => [...images.subarray(3 * t, 3 * t + 3)]);
    const mean = values.reduce((sum, value) => sum + value, 0) / 60;
    let sum = 0;
    for (let t = 0; t < 60; t++) {
      for (let u = 0; u < 60; u++) {
        if (!members[t].some((image) => members[u].includes(image))) continue;
        sum += (values[t] - mean) * (values[u] - mean);
      }
    }
    const expected = Math.sqrt(sum) / 60;
    const found = clusteredStandardError({ values, shared: new SharedImages(images) });
    assert.ok(Math.abs(found - expected) < 1e-12, `${found}, not ${expected}`);
  }
});

Deno.test("clusteredStandardError() is never less than that of independent triplets", () => {
  // Two triplets of the same images, one right and one wrong: their products cancel.
  const shared = new SharedImages([0, 1, 2, 0, 1, 2]);
  assert.equal(shared.sumOverPairs([-0.5, 0.5]), 0);
  assert.equal(clusteredStandardError({ values: [0, 1], shared }), Math.sqrt(0.5) / 2);
  const [{ low, high }] = estimateMeans([{ values: [0, 1], shared }], { seed: 1, replicates: 10 });
  assert.ok(Math.abs(high - low - 2 * 1.96 * Math.sqrt(0.5) / 2) < 1e-4, `${low} to ${high}`);
});

Deno.test("estimateMeans() gives independent triplets the interval of the binomial distribution", () => {
  const n = 2000;
  const shared = new SharedImages(Uint32Array.from({ length: 3 * n }, (_, i) => i));
  const values = Float64Array.from({ length: n }, (_, t) => randomUnit(5, 1, t) < 0.2 ? 1 : 0);
  const [{ value, low, high }] = estimateMeans([{ values, shared, isShare: true }], { seed: 1 });
  const p = meanOf(values);
  assert.equal(value, p);
  const half = 1.96 * Math.sqrt(p * (1 - p) / n);
  assert.ok(Math.abs((high - low) / 2 / half - 1) < 0.05, `${(high - low) / 2}, not ${half}`);
  assert.ok(Math.abs((high + low) / 2 - p) < 0.1 * half);
});

Deno.test("estimateMeans() covers the true mean in 95 % of data sets in which images have effects", () => {
  const images = randomTriplets(400, 120, 9);
  const shared = new SharedImages(images);
  const sets = 240;
  const means: number[] = [];
  const errors: number[] = [];
  let covered = 0;
  let independent = 0;
  for (let set = 0; set < sets; set++) {
    const values = withImageEffects(images, 0.7, 1000 + set);
    const [{ value, low, high }] = estimateMeans([{ values, shared }], {
      seed: set,
      replicates: 300,
    });
    means.push(value);
    errors.push(clusteredStandardError({ values, shared }));
    covered += low <= 0.3 && 0.3 <= high ? 1 : 0;
    const squares = values.reduce((sum, each) => sum + (each - value) ** 2, 0);
    independent += Math.abs(value - 0.3) <= 1.96 * Math.sqrt(squares) / 400 ? 1 : 0;
  }
  const truth = Math.sqrt(means.reduce((sum, mean) => sum + (mean - 0.3) ** 2, 0) / sets);
  const found = meanOf(errors);
  assert.ok(Math.abs(found / truth - 1) < 0.12, `${found}, the means scatter by ${truth}`);
  assert.ok(covered / sets > 0.91 && covered / sets < 0.985, `${covered} of ${sets}`);
  // Intervals that take triplets as independent are much too narrow here: the case is a hard one.
  assert.ok(independent / sets < 0.8, `${independent} of ${sets}`);
});

Deno.test("estimateMeans() draws by its seed alone, the same images for every sample", () => {
  const images = randomTriplets(200, 50, 3);
  const shared = new SharedImages(images);
  const [a, b] = [withImageEffects(images, 1, 1), withImageEffects(images, 1, 2)];
  const both = estimateMeans([{ values: a, shared }, { values: b, shared }], { seed: 4 });
  assert.deepEqual(estimateMeans([{ values: a, shared }], { seed: 4 }), both.slice(0, 1));
  assert.deepEqual(estimateMeans([{ values: b, shared }], { seed: 4 }), both.slice(1));
  assert.notDeepEqual(estimateMeans([{ values: a, shared }], { seed: 5 }), both.slice(0, 1));
});

Deno.test("estimateMeans() keeps shares within 0 and 1 and is not certain where all are right", () => {
  const options = { seed: 1 };
  const shared = new SharedImages([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const [share] = estimateMeans([{ values: [0, 0, 1], shared, isShare: true }], options);
  assert.ok(share.low === 0 && share.high > 0.5 && share.high <= 1);
  const [difference] = estimateMeans([{ values: [0, 0, 1], shared }], options);
  assert.ok(difference.low < 0);
  // With an error of 0.7076, three triplets are all right with a probability of 0.2924^3 = 0.025.
  const rounded = (values: number[], isShare: boolean) => {
    const [{ value, low, high }] = estimateMeans([{ values, shared, isShare }], options);
    return [value, low, high].map((each) => each.toFixed(4));
  };
  assert.deepEqual(rounded([0, 0, 0], true), ["0.0000", "0.0000", "0.7076"]);
  assert.deepEqual(rounded([1, 1, 1], true), ["1.0000", "0.2924", "1.0000"]);
  assert.deepEqual(rounded([0, 0, 0], false), ["0.0000", "0.0000", "0.0000"]);
});
