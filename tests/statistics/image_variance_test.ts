import assert from "node:assert/strict";
import { randomBelow, randomNormal } from "../../src/base/random.ts";
import { ImageVariance } from "../../src/statistics/image_variance.ts";
import { meanOf } from "../../src/statistics/mean.ts";
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

/** The three estimates by double loops over all triplets, and over all images. */
function naive(images: Uint32Array, values: Float64Array): number[] {
  const n = values.length;
  const members = Array.from({ length: n }, (_, t) => new Set(images.subarray(3 * t, 3 * t + 3)));
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const e = values.map((value) => value - mean);
  let [squares, clustered, sharing] = [0, 0, 0];
  for (let t = 0; t < n; t++) {
    squares += e[t] ** 2;
    for (let u = 0; u < n; u++) {
      if (members[t].isDisjointFrom(members[u])) continue;
      clustered += e[t] * e[u];
      sharing += 1;
    }
  }
  // E[sum e^2] and E[sum_i S_i^2] of x = mean + Z u + noise, by the matrix Z' (I - J / n) Z.
  const names = [...new Set(images)];
  const holds = (t: number, i: number) => members[t].has(names[i]) ? 1 : 0;
  let [trace, frobenius, countSquares, imageSquares] = [0, 0, 0, 0];
  const counts = names.map((_, i) => members.filter((_, t) => holds(t, i) === 1).length);
  names.forEach((_, i) => {
    countSquares += counts[i] ** 2;
    imageSquares += e.reduce((sum, each, t) => sum + each * holds(t, i), 0) ** 2;
    names.forEach((_, j) => {
      const both = members.filter((_, t) => holds(t, i) * holds(t, j) === 1).length;
      const entry = both - counts[i] * counts[j] / n;
      if (i === j) trace += entry;
      frobenius += entry ** 2;
    });
  });
  const determinant = trace * trace - (n - 1) * frobenius;
  const u = (squares * trace - (n - 1) * imageSquares) / determinant;
  const noise = (trace * imageSquares - frobenius * squares) / determinant;
  return [
    squares / (n - 1) / n,
    clustered / n ** 2 / (1 - sharing / n ** 2),
    u <= 0 ? 0 : u * countSquares / n ** 2 + Math.max(0, noise) / n,
  ];
}

Deno.test("ImageVariance is the largest of three estimates by double loops", () => {
  const largest = new Set<number>();
  for (let seed = 1; seed <= 12; seed++) {
    const images = randomTriplets(60, 14 + seed, seed, seed % 2 === 0);
    const values = withImageEffects(images, seed % 3 === 0 ? 0 : 1, seed);
    const expected = naive(images, values);
    largest.add(expected.indexOf(Math.max(...expected)));
    const found = new ImageVariance(new SharedImages(images)).of(values).variance;
    assert.ok(Math.abs(found / Math.max(...expected) - 1) < 1e-9, `${found}: ${expected}`);
  }
  // Each of them is the largest for some.
  assert.equal(largest.size, 3);
});

Deno.test("ImageVariance is never less than that of independent triplets", () => {
  // Two triplets of the same images, one right and one wrong: their products cancel.
  const shared = new SharedImages([0, 1, 2, 0, 1, 2]);
  assert.equal(shared.sumOverPairs([-0.5, 0.5]), 0);
  assert.deepEqual(new ImageVariance(shared).of([0, 1]), { variance: 0.25, ofTriplets: 0.25 });
});

Deno.test("ImageVariance counts images that few triplets hold less", () => {
  // Image 0 is in all four triplets, each of the others in one.
  const images = [0, 1, 2, 0, 3, 4, 0, 5, 6, 0, 7, 8];
  const graph = new ImageVariance(new SharedImages(images));
  assert.ok(Math.abs(graph.effectiveImages - (16 + 8) ** 2 / (256 + 8)) < 1e-12);
  assert.equal(graph.sharing, 1);
  assert.equal(graph.imageDegrees, 1);
});

Deno.test("degreesOf() counts what images add as known from images, the rest from triplets", () => {
  const graph = new ImageVariance(new SharedImages(randomTriplets(60, 20, 1, false)));
  const close = (a: number, b: number) => assert.ok(Math.abs(a / b - 1) < 1e-12, `${a} and ${b}`);
  close(graph.degreesOf({ variance: 2, ofTriplets: 2 }), 59);
  close(graph.degreesOf({ variance: 2, ofTriplets: 0 }), graph.imageDegrees);
  close(graph.degreesOf({ variance: 3, ofTriplets: 1 }), 9 / (1 / 59 + 4 / graph.imageDegrees));
  assert.equal(graph.degreesOf({ variance: 0, ofTriplets: 0 }), graph.imageDegrees);
});

Deno.test("ImageVariance is the scatter of means where images have effects, also of few images", () => {
  for (const [n, images] of [[400, 120], [300, 30]]) {
    const triplets = randomTriplets(n, images, 9);
    const graph = new ImageVariance(new SharedImages(triplets));
    const found: number[] = [];
    const means: number[] = [];
    for (let set = 0; set < 240; set++) {
      const values = withImageEffects(triplets, 0.7, 1000 + set);
      means.push(meanOf(values));
      found.push(graph.of(values).variance);
    }
    const truth = meanOf(means.map((mean) => (mean - 0.3) ** 2));
    const ratio = meanOf(found) / truth;
    assert.ok(ratio > 0.85 && ratio < 1.3, `${images} images: ${ratio}`);
  }
});
