import assert from "node:assert/strict";
import { randomBelow, randomNormal } from "../../src/base/random.ts";
import { wilsonInterval } from "../../src/statistics/interval.ts";
import { meanOf, varianceOf } from "../../src/statistics/mean.ts";
import { PrecisionJackknife } from "../../src/statistics/precision_jackknife.ts";
import { randomHalves } from "../../src/statistics/random_halves.ts";
import { queryScores } from "../../src/statistics/retrieval_scores.ts";
import { scatterOf } from "../../src/statistics/unit_scatter.ts";

/** Splits into halves that the lower variance is from. */
const splits = 30;

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

/** Average precisions of the images, `inside` only, with what else is added up on the way. */
function score(
  { kinds, places }: Sample,
  inside: readonly number[] = [...kinds.keys()],
  groups?: readonly number[],
) {
  const halves = randomHalves(kinds.length, { splits, seed: 7, groups });
  const jackknife = new PrecisionJackknife(halves);
  const found: { query: number; precision: number }[] = [];
  for (const query of inside) {
    const others = inside.filter((image) => image !== query);
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
  return { halves, jackknife, found, mean: meanOf(found.map(({ precision }) => precision)) };
}

/** The variance over splits of the mean of both halves' means, each half ranked anew. */
function varianceOfAverages(
  given: Sample,
  { halves: { halves, share } }: Pick<ReturnType<typeof score>, "halves">,
): number {
  const averages = halves.map((halfOf) => {
    const [none, some] = [0, 1].map((half) =>
      score(given, [...halfOf.keys()].filter((image) => halfOf[image] === half)).mean
    );
    return (1 - share) * none + share * some;
  });
  return varianceOf(averages.filter((each) => !Number.isNaN(each)));
}

Deno.test("PrecisionJackknife is by scoring all queries again without each image", () => {
  // Two images of kind 1: without one of them the other is no query any more. Ties, too.
  const kinds = [0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3];
  const places = kinds.map((_, image) => [Math.round(2 * randomNormal(3, 1, image))]);
  const all = { kinds, places };
  const { jackknife, ...rest } = score(all);
  const images = [...kinds.keys()];
  const without = images.map((one) => score(all, images.filter((image) => image !== one)).mean);
  const mean = meanOf(without);
  const n = kinds.length;
  const expected = (n - 1) / n * without.reduce((sum, each) => sum + (each - mean) ** 2, 0) -
    0.3 * varianceOfAverages(all, rest);
  const { variance, units } = jackknife.scatter();
  assert.equal(units, n);
  assert.ok(Math.abs(variance - expected) < 1e-12, `${variance}, not ${expected}`);
  assert.ok(variance > 0);
});

Deno.test("PrecisionJackknife lowers its variances by that of averages of halves, ranked anew", () => {
  for (const [count, perGroup] of [[30, 1], [31, 1], [62, 2], [80, 2]]) {
    const given = sample(count, count, perGroup);
    const groups = given.kinds.map((_, image) => Math.floor(image / perGroup));
    const { jackknife, ...rest } = score(given, undefined, groups);
    const averages = varianceOfAverages(given, rest);
    const { variance, lower } = jackknife.scatter();
    // What both are less by: 0.3 and 1.5 times that variance, from the same jackknife.
    const whole = variance + 0.3 * averages;
    const expected = Math.max(whole / 4, whole - 1.5 * averages);
    assert.ok(Math.abs(lower - expected) < 1e-12, `${lower}, not ${expected}`);
    assert.ok(lower < variance);
  }
});

/** How often intervals hold the mean over all samples: by the jackknife, and by queries alone. */
function coverage(count: number, perGroup = 1) {
  const groups = Array.from({ length: count }, (_, image) => Math.floor(image / perGroup));
  const samples = Array.from(
    { length: 200 },
    (_, seed) => score(sample(seed, count, perGroup), undefined, groups),
  );
  const truth = meanOf(samples.map(({ mean }) => mean));
  let [jackknifed, byQueries] = [0, 0];
  for (const { jackknife, found, mean } of samples) {
    const holds = (interval: { low: number; high: number } | null) =>
      interval!.low <= truth && truth <= interval!.high ? 1 / samples.length : 0;
    const { variance, lower, units } = jackknife.scatter();
    const { high } = wilsonInterval(mean, { variance, units })!;
    jackknifed += holds({ low: wilsonInterval(mean, { variance: lower, units })!.low, high });
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
  const { jackknifed } = coverage(90, 3);
  assert.ok(jackknifed >= 0.92, String(jackknifed));
});
