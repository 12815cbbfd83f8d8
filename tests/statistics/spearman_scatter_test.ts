import assert from "node:assert/strict";
import { randomBelow, randomNormal } from "../../src/base/random.ts";
import { correlationInterval } from "../../src/statistics/interval.ts";
import { meanOf } from "../../src/statistics/mean.ts";
import { averageRanks, spearman } from "../../src/statistics/spearman.ts";
import { spearmanScatter } from "../../src/statistics/spearman_scatter.ts";

/**
 * Spearman's correlation over all pairs of images: their distance, which follows their values with
 * noise, with the difference of the values, which are one of `kinds` or normal.
 */
function correlated(seed: number, count: number, kinds?: number, perGroup = 1) {
  const groups = Array.from({ length: count }, (_, image) => Math.floor(image / perGroup));
  const values = groups.map((group) =>
    kinds === undefined ? randomNormal(seed, 1, group) : randomBelow(seed, 1, group, kinds)
  );
  const seen = values.map((value, image) =>
    value + 0.7 * randomNormal(seed, 2, image) +
    (perGroup > 1 ? 0.7 * randomNormal(seed, 3, groups[image]) : 0)
  );
  const [pairs, distances, differences]: number[][] = [[], [], []];
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      pairs.push(i, j);
      distances.push((seen[i] - seen[j]) ** 2);
      differences.push(Math.abs(values[i] - values[j]));
    }
  }
  const [a, b] = [Float64Array.from(distances), Float64Array.from(differences)];
  return { pairs, a, b, groups };
}

/** Those pairs without an image. */
function without({ pairs, a, b }: ReturnType<typeof correlated>, image: number): number {
  const left = [...a.keys()].filter((p) => pairs[2 * p] !== image && pairs[2 * p + 1] !== image);
  return spearman(left.map((p) => a[p]), left.map((p) => b[p]))!;
}

Deno.test("spearmanScatter() is near the jackknife that correlates again without each image, ties or none", () => {
  for (const kinds of [undefined, 4]) {
    const all = correlated(5, 80, kinds);
    const { variance, units } = spearmanScatter(all);
    const left = Array.from({ length: 80 }, (_, image) => without(all, image));
    const mean = meanOf(left);
    const expected = 79 / 80 * left.reduce((sum, each) => sum + (each - mean) ** 2, 0);
    assert.equal(units, 80);
    const ratio = Math.sqrt(variance / expected);
    assert.ok(Math.abs(ratio - 1) < 0.05, `${kinds}: ${ratio}`);
  }
});

Deno.test("spearmanScatter() of unrelated values is what double loops over the covariances give", () => {
  const pairs = correlated(7, 24).pairs;
  const values = (use: number) => Array.from({ length: 24 }, (_, i) => randomNormal(7, use, i));
  const [x, y] = [values(11), values(12)];
  const distances = (v: number[]) =>
    Float64Array.from(
      { length: pairs.length / 2 },
      (_, p) => Math.abs(v[pairs[2 * p]] - v[pairs[2 * p + 1]]),
    );
  const [a, b] = [distances(x), distances(y)];
  const centred = (v: Float64Array) => averageRanks(v).map((rank) => (rank - 0.5) / v.length - 0.5);
  const [f, g] = [centred(a), centred(b)];
  const shared = (p: number, q: number) =>
    [0, 1].filter((i) => [0, 1].some((j) => pairs[2 * p + i] === pairs[2 * q + j])).length;
  const sums = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
  for (let p = 0; p < f.length; p++) {
    for (let q = 0; q < f.length; q++) {
      const sum = sums[shared(p, q)];
      sum[0] += 1;
      sum[1] += f[p] * f[q];
      sum[2] += g[p] * g[q];
    }
  }
  const [, one, both] = sums.map(([count, ofF, ofG]) => ofF * ofG / count);
  const squares = (v: Float64Array) => v.reduce((sum, each) => sum + each ** 2, 0);
  const rho = spearman(a, b)!;
  const expected = 24 * 23 / 22 ** 2 * (one + both) / (squares(f) * squares(g)) *
    (1 - rho ** 2) ** 2;
  const { variance } = spearmanScatter({ pairs, a, b });
  assert.ok(Math.abs(variance / expected - 1) < 1e-9, `${variance}, not ${expected}`);
});

/** How often intervals hold the mean over all samples, with the units' groups or without. */
function coverage(count: number, kinds?: number, perGroup = 1, samples = 200) {
  const found = Array.from({ length: samples }, (_, seed) => {
    const { groups, ...values } = correlated(seed, count, kinds, perGroup);
    const rho = spearman(values.a, values.b)!;
    return { rho, byImage: spearmanScatter(values), byGroup: spearmanScatter(values, groups) };
  });
  const truth = meanOf(found.map(({ rho }) => rho));
  const share = (unit: "byImage" | "byGroup") =>
    found.filter((each) => {
      const { low, high } = correlationInterval(each.rho, each[unit])!;
      return low <= truth && truth <= high;
    }).length / found.length;
  return { byImage: share("byImage"), byGroup: share("byGroup") };
}

Deno.test("spearmanScatter() covers the correlation of other images, though pairs share them", () => {
  // Of 200 samples: 0.95 has a standard error of 0.015.
  for (const kinds of [undefined, 4]) {
    const { byImage } = coverage(45, kinds);
    assert.ok(byImage >= 0.92 && byImage <= 0.99, `${kinds}: ${byImage}`);
  }
});

Deno.test("spearmanScatter() takes groups as units where those were drawn; images alone would not cover", () => {
  const { byImage, byGroup } = coverage(90, undefined, 2, 100);
  assert.ok(byGroup >= 0.9, String(byGroup));
  assert.ok(byImage < 0.9, String(byImage));
});
