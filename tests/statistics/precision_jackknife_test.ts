import assert from "node:assert/strict";
import { randomBelow, randomNormal } from "../../src/base/random.ts";
import { wilsonInterval } from "../../src/statistics/interval.ts";
import { meanOf } from "../../src/statistics/mean.ts";
import { PrecisionJackknife } from "../../src/statistics/precision_jackknife.ts";
import { queryScores } from "../../src/statistics/retrieval_scores.ts";
import { scatterOf } from "../../src/statistics/unit_scatter.ts";

/** Images in a plane; those of a kind are relevant to each other. */
interface Sample {
  readonly kinds: readonly number[];
  readonly places: readonly (readonly number[])[];
}

/** Three kinds about fixed centres; where `perGroup` is more than 1, images of a group are near. */
function sample(seed: number, count: number, perGroup = 1): Sample {
  const group = (image: number) => Math.floor(image / perGroup);
  const kinds = Array.from({ length: count }, (_, image) => randomBelow(seed, 1, group(image), 3));
  const places = kinds.map((kind, image) =>
    [0, 1].map((d) =>
      1.5 * randomNormal(99, d, kind) + randomNormal(seed, 2 + d, image) +
      (perGroup > 1 ? randomNormal(seed, 4 + d, group(image)) : 0)
    )
  );
  return { kinds, places };
}

/** The scores of each query of a sample without some images, with the jackknife. */
function score({ kinds, places }: Sample, without = -1) {
  const jackknife = new PrecisionJackknife(kinds.length);
  const found: { query: number; precision: number }[] = [];
  for (const query of kinds.keys()) {
    if (query === without) continue;
    const others = [...kinds.keys()].filter((image) => image !== query && image !== without);
    const part = (isAlike: boolean) => {
      const images = others.filter((image) => (kinds[image] === kinds[query]) === isAlike);
      const distances = Float64Array.from(
        images,
        (image) => places[image].reduce((sum, x, d) => sum + (x - places[query][d]) ** 2, 0),
      );
      return { distances, images };
    };
    const ranking = { relevant: part(true), irrelevant: part(false) };
    const scores = queryScores(ranking.relevant.distances, ranking.irrelevant.distances);
    if (scores === null) continue;
    const precision = scores.averagePrecision;
    found.push({ query, precision });
    jackknife.add(query, precision, ranking);
  }
  return { jackknife, found, mean: meanOf(found.map(({ precision }) => precision)) };
}

Deno.test("PrecisionJackknife equals scoring all queries again without each image", () => {
  // Two images of kind 1: without one of them the other is no query any more. Ties, too.
  const kinds = [0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3];
  const places = kinds.map((_, image) => [Math.round(2 * randomNormal(3, 1, image))]);
  const all = { kinds, places };
  const { jackknife } = score(all);
  const without = kinds.map((_, image) => score(all, image).mean);
  const mean = meanOf(without);
  const n = kinds.length;
  const expected = (n - 1) / n * without.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const { variance, units } = jackknife.scatter();
  assert.equal(units, n);
  assert.ok(Math.abs(variance - expected) < 1e-12, `${variance}, not ${expected}`);
  assert.ok(variance > 0);
});

/** How often intervals hold the mean over all samples: by the jackknife, and by queries alone. */
function coverage(count: number, perGroup = 1) {
  const samples = Array.from({ length: 200 }, (_, seed) => score(sample(seed, count, perGroup)));
  const truth = meanOf(samples.map(({ mean }) => mean));
  const groups = Array.from({ length: count }, (_, image) => Math.floor(image / perGroup));
  let [jackknifed, byQueries] = [0, 0];
  for (const { jackknife, found, mean } of samples) {
    const holds = (interval: { low: number; high: number } | null) =>
      interval!.low <= truth && truth <= interval!.high ? 1 / samples.length : 0;
    jackknifed += holds(wilsonInterval(mean, jackknife.scatter(groups)));
    const each = Float64Array.from(found, ({ precision }) => precision / found.length);
    const ofQueries = found.map(({ query }) => groups[query]);
    byQueries += holds(wilsonInterval(mean, scatterOf(each, ofQueries)));
  }
  return { jackknifed, byQueries };
}

Deno.test("PrecisionJackknife covers the mean average precision of other images; queries alone would not", () => {
  const { jackknifed, byQueries } = coverage(40);
  // Of 200 samples: 0.95 has a standard error of 0.015.
  assert.ok(jackknifed >= 0.92 && jackknifed <= 0.99, String(jackknifed));
  assert.ok(byQueries < 0.85, String(byQueries));
});

Deno.test("PrecisionJackknife takes groups as units where those were drawn", () => {
  const { jackknifed } = coverage(60, 3);
  assert.ok(jackknifed >= 0.92, String(jackknifed));
});
