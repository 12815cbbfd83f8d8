import assert from "node:assert/strict";
import { randomNormal, randomUnit } from "../../src/base/random.ts";
import { estimateMean, variancePartsOf } from "../../src/statistics/estimate_mean.ts";
import { ImageVariance } from "../../src/statistics/image_variance.ts";
import { meanOf } from "../../src/statistics/mean.ts";
import { studentT } from "../../src/statistics/quantiles.ts";
import { SharedImages } from "../../src/statistics/shared_images.ts";

/** n triplets that share no image. */
function apart(n: number): ImageVariance {
  return new ImageVariance(new SharedImages(Uint32Array.from({ length: 3 * n }, (_, i) => i)));
}

Deno.test("estimateMean() gives independent triplets the interval of the binomial distribution", () => {
  const n = 2000;
  const run = Float64Array.from({ length: n }, (_, t) => randomUnit(5, 1, t) < 0.2 ? 1 : 0);
  const { value, low, high, runs } = estimateMean({
    ...{ runs: [run], images: apart(n), isShare: true },
  });
  const p = meanOf(run);
  assert.equal(value, p);
  assert.equal(runs, null);
  const half = 1.96 * Math.sqrt(p * (1 - p) / n);
  assert.ok(Math.abs((high - low) / 2 / half - 1) < 0.05, `${(high - low) / 2}, not ${half}`);
  assert.ok(Math.abs((high + low) / 2 - p) < 0.1 * half);
});

Deno.test("estimateMean() adds what other runs give to what other images give, less what both hold", () => {
  const n = 60;
  const runs = [1, 2, 3].map((seed) =>
    Float64Array.from(
      { length: n },
      (_, t) => seed + randomNormal(1, 1, t) + randomNormal(1, 2 + seed, t),
    )
  );
  const sample = { runs, images: apart(n) };
  // By hand, of triplets that share no image.
  const means = runs.map(meanOf);
  const mean = meanOf(means);
  const each = Array.from({ length: n }, (_, t) => meanOf(runs.map((run) => run[t])));
  const scatter = (values: number[]) =>
    values.reduce((sum, value) => sum + (value - meanOf(values)) ** 2, 0) / (values.length - 1);
  const ofRuns = scatter(means) / 3;
  const floor = 1 / n ** 2 / 3;
  const ofImages = scatter(each) / n + floor;
  const both = runs.reduce(
    (sum, run) => sum + scatter([...run].map((value, t) => value - each[t])) / n,
    0,
  ) / 6;
  const all = Math.max(ofRuns, ofImages, ofRuns + ofImages - both);
  assert.ok(all > ofImages && all < ofRuns + ofImages);
  const parts = variancePartsOf(sample);
  assert.ok(Math.abs(parts.images + parts.runs - all) < 1e-12);
  assert.ok(Math.abs(parts.runs - ofRuns) < 1e-12);
  const { value, low, high, images, runs: added } = estimateMean(sample);
  assert.equal(value, mean);
  const half = ((all - ofRuns) * parts.imagesT + ofRuns * studentT(2)) / Math.sqrt(all);
  assert.ok(Math.abs(high - value - half) < 1e-12 && Math.abs(value - low - half) < 1e-12);
  assert.ok(Math.abs(images! ** 2 + added! ** 2 - all) < 1e-12);
});

Deno.test("estimateMean() of runs that have nothing in common counts the runs of both", () => {
  const n = 40;
  const [a, b] = [[0.1, 0.2, 0.4], [0.3, 0.2, 0.5]];
  const runs = a.map((mean, i) => new Float64Array(n).fill(mean - b[i]));
  const paired = variancePartsOf({ runs, images: apart(n) });
  const separate = variancePartsOf({ runs, images: apart(n), apart: [a, b] });
  const variance = (values: number[]) =>
    values.reduce((sum, value) => sum + (value - meanOf(values)) ** 2, 0) / 2 / 3;
  assert.ok(Math.abs(separate.runs - variance(a) - variance(b)) < 1e-12);
  // Welch's degrees of freedom lie between those of one and of both.
  assert.ok(separate.runsT < paired.runsT && separate.runsT > studentT(4) - 1e-9);
});

Deno.test("estimateMean() is never certain: of triplets that are all right, and of equal networks", () => {
  const all = (n: number, value: number) =>
    estimateMean({ runs: [new Float64Array(n).fill(value)], images: apart(n), isShare: true });
  // n independent triplets are all right with 2.5 % where the error is 1 - 0.025^(1/n).
  assert.ok(all(300, 0).high > 1 - 0.025 ** (1 / 300));
  assert.ok(all(300, 0).high < 1.2 * (1 - 0.025 ** (1 / 300)));
  assert.equal(all(300, 0).low, 0);
  assert.ok(Math.abs(all(300, 1).low - (1 - all(300, 0).high)) < 1e-12);
  const { low, high } = estimateMean({ runs: [new Float64Array(300)], images: apart(300) });
  assert.ok(low < 0 && high > 0);
});

Deno.test("estimateMean() says that fewer than five images tell nothing of others", () => {
  const images = new ImageVariance(new SharedImages([0, 1, 2, 1, 2, 3, 0, 2, 3]));
  assert.deepEqual(estimateMean({ runs: [[1, 0, 0]], images, isShare: true }), {
    ...{ value: 1 / 3, low: 0, high: 1, images: null, runs: null },
  });
  assert.deepEqual(estimateMean({ runs: [[1, 0, -1]], images }), {
    ...{ value: 0, low: -1, high: 1, images: null, runs: null },
  });
});

Deno.test("estimateMean() of a share grows with every wrong triplet, at both ends, but for how they share images", () => {
  for (const [n, images] of [[400, 1200], [400, 100], [200, 30]]) {
    const triplets = Uint32Array.from(
      { length: 3 * n },
      (_, i) => i % 3 === 0 ? (i / 3) % images : (7 * i + 11 * Math.floor(i / images)) % images,
    );
    const graph = new ImageVariance(new SharedImages(triplets));
    const run = new Float64Array(n);
    let before = estimateMean({ runs: [run], images: graph, isShare: true });
    for (let wrong = 0; wrong < 12; wrong++) {
      run[(37 * wrong) % n] = 1;
      const next = estimateMean({ runs: [run], images: graph, isShare: true });
      // Wrong triplets that share no image with others show that they depend on each other less.
      const least = images > n ? 1 : 0.98;
      assert.ok(next.low > least * before.low, `${images}: ${wrong + 1}`);
      assert.ok(next.high > least * before.high, `${images}: ${wrong + 1}`);
      before = next;
    }
  }
});
