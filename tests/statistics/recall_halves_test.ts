import assert from "node:assert/strict";
import { randomBelow, randomNormal } from "../../src/base/random.ts";
import { meanOf, varianceOf } from "../../src/statistics/mean.ts";
import { randomHalves } from "../../src/statistics/random_halves.ts";
import type { Ranking } from "../../src/statistics/ranking.ts";
import { RecallHalves } from "../../src/statistics/recall_halves.ts";
import { queryScores } from "../../src/statistics/retrieval_scores.ts";

/** Images on a line, some of them at the same place; those of a kind are relevant to each other. */
interface Sample {
  readonly kinds: readonly number[];
  readonly places: readonly number[];
}

function sample(count: number, seed: number, step = 0.25): Sample {
  const kinds = Array.from({ length: count }, (_, image) => randomBelow(seed, 1, image, 4));
  const places = kinds.map((kind, image) =>
    step * Math.round((kind + 2 * randomNormal(seed, 2, image)) / step)
  );
  return { kinds, places };
}

/** Ten kinds that are hardly to be told apart. */
function manyKinds(count: number, seed: number): Sample {
  const kinds = Array.from({ length: count }, (_, image) => randomBelow(seed, 1, image, 10));
  return { kinds, places: kinds.map((kind, image) => 0.1 * kind + randomNormal(seed, 2, image)) };
}

/** The ranking of some images from one of them. */
function rankingOf({ kinds, places }: Sample, query: number, images: readonly number[]): Ranking {
  const part = (isAlike: boolean) => {
    const some = images.filter((image) =>
      image !== query && (kinds[image] === kinds[query]) === isAlike
    );
    const distances = Float64Array.from(some, (image) => Math.abs(places[image] - places[query]));
    return { images: some, distances };
  };
  return { relevant: part(true), irrelevant: part(false) };
}

/** R@1 and R@10 among some images, of queries that have anything relevant there. */
function recallsOf(sample: Sample, images: readonly number[]) {
  const scores = images.map((query) => {
    const { relevant, irrelevant } = rankingOf(sample, query, images);
    return queryScores(relevant.distances, irrelevant.distances);
  }).filter((each) => each !== null);
  return [meanOf(scores.map((s) => s.recallAt1)), meanOf(scores.map((s) => s.recallAt10))];
}

function halvesOf(sample: Sample, groups?: readonly number[], splits = 40): RecallHalves {
  const all = [...sample.kinds.keys()];
  const halves = new RecallHalves(randomHalves(all.length, { splits, seed: 7, groups }));
  for (const query of all) {
    const ranking = rankingOf(sample, query, all);
    if (ranking.relevant.images.length > 0) halves.add(query, ranking);
  }
  return halves;
}

/**
 * The variance by the squared differences of both halves' recalls, each half ranked anew, less that
 * of their averages as far as the ranks are a share of a half.
 */
function naiveVariances(sample: Sample, groups?: readonly number[], splits = 40) {
  const all = [...sample.kinds.keys()];
  const { halves, share } = randomHalves(all.length, { splits, seed: 7, groups });
  const recalls = halves.map((halfOf) =>
    [0, 1].map((half) => recallsOf(sample, all.filter((image) => halfOf[image] === half)))
  );
  return recallsOf(sample, all).map((whole, i) => {
    const squares = meanOf(recalls.map(([none, some]) => (none[i] - some[i]) ** 2));
    const averages = recalls.map(([none, some]) => (1 - share) * none[i] + share * some[i]);
    const ofRanks = Math.min(1, [1, 10][i] / (all.length / 2 - 1));
    const variance = share * (1 - share) * squares - ofRanks * varianceOf(averages);
    const ofHalf = meanOf(recalls.flatMap(([none, some]) => [none[i], some[i]]));
    return Math.max(0, variance) * whole * (1 - whole) / (ofHalf * (1 - ofHalf));
  });
}

Deno.test("RecallHalves is by the differences of halves that are ranked anew, ties and all", () => {
  // Images one by one, an odd number of them too; groups; more images than a ranking is begun with.
  for (const [count, perGroup] of [[30, 1], [31, 1], [60, 4], [240, 1], [240, 60]]) {
    const given = sample(count, count);
    const groups = given.kinds.map((_, image) => Math.floor(image / perGroup));
    const some = perGroup === 1 ? undefined : groups;
    const halves = halvesOf(given, some);
    const expected = naiveVariances(given, some);
    [1, 10].forEach((rank, i) => {
      const { units, variance } = halves.scatter(rank);
      assert.equal(units, Math.ceil(count / perGroup));
      assert.ok(Math.abs(variance - expected[i]) < 1e-12, `${variance}, not ${expected[i]}`);
    });
  }
});

Deno.test("RecallHalves looks beyond the nearest images where all those are in the other half", () => {
  // Groups 2 and 3 crowd about each image of groups 0 and 1, which may make up a half.
  const groups = [8, 8, 240, 240].flatMap((count, group) => Array<number>(count).fill(group));
  const kinds = groups.map((_, image) => randomBelow(1, 1, image, 12));
  const places = groups.map((_, image) => 100 * (image % 8) + 20 * randomNormal(1, 2, image));
  const given = { kinds, places };
  const expected = naiveVariances(given, groups, 6);
  const found = halvesOf(given, groups, 6);
  [1, 10].forEach((rank, i) => {
    const { variance } = found.scatter(rank);
    assert.ok(Math.abs(variance - expected[i]) < 1e-12, `${variance}, not ${expected[i]}`);
  });
});

Deno.test("RecallHalves has the variance of recalls over other images; halves alone have more", () => {
  const samples = Array.from({ length: 400 }, (_, seed) => sample(60, seed + 1, 1e-6));
  const all = [...samples[0].kinds.keys()];
  const truths = samples.map((each) => recallsOf(each, all)[0]);
  const truth = varianceOf(truths);
  const some = samples.slice(0, 60);
  const found = meanOf(some.map((each) => halvesOf(each).scatter(1).variance));
  // The variance of 400 is known to 7 %.
  assert.ok(found / truth > 0.8 && found / truth < 1.2, `${found} of ${truth}`);
  const { halves } = randomHalves(60, { splits: 40, seed: 7 });
  const alone = meanOf(
    some.slice(0, 20).map((each) =>
      varianceOf(halves.map((halfOf) => recallsOf(each, all.filter((i) => halfOf[i] === 1))[0]))
    ),
  );
  assert.ok(alone / found > 1.2, `${alone} and ${found}`);
});

Deno.test("RecallHalves of ten ranks that are half of a half have the variance of recalls over other images", () => {
  const samples = Array.from({ length: 600 }, (_, seed) => manyKinds(44, seed + 1));
  const all = [...samples[0].kinds.keys()];
  const truth = varianceOf(samples.map((each) => recallsOf(each, all)[1]));
  const found = meanOf(samples.slice(0, 150).map((each) => halvesOf(each).scatter(10).variance));
  // The variance of 600 is known to 6 %. By the differences of halves alone it is 1.25 times as large.
  assert.ok(found / truth > 0.75 && found / truth < 1.1, `${found} of ${truth}`);
});

Deno.test("RecallHalves of a collapsed embedding, all right or all wrong, does not scatter", () => {
  const kinds = Array.from({ length: 300 }, (_, image) => image % 3);
  const collapsed = { kinds, places: kinds.map(() => 0) };
  assert.equal(halvesOf(collapsed).scatter(10).variance, 0);
  assert.equal(halvesOf({ kinds, places: kinds }).scatter(1).variance, 0);
});
