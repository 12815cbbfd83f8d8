import assert from "node:assert/strict";
import { randomBelow, randomNormal, shuffled, streamFor } from "../../src/base/random.ts";
import { meanOf, varianceOf } from "../../src/statistics/mean.ts";
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

function halvesOf(sample: Sample): RecallHalves {
  const all = [...sample.kinds.keys()];
  const halves = new RecallHalves(all.length);
  for (const query of all) {
    const ranking = rankingOf(sample, query, all);
    if (ranking.relevant.images.length > 0) halves.add(query, ranking);
  }
  return halves;
}

Deno.test("RecallHalves is the variance of recalls of halves that are ranked anew, ties and all", () => {
  // More images than are kept of a ranking, too.
  for (const [count, perGroup] of [[30, 1], [60, 4], [240, 1]]) {
    const given = sample(count, count);
    const groups = given.kinds.map((_, image) => Math.floor(image / perGroup));
    const units = Math.ceil(count / perGroup);
    const recalls = Array.from({ length: 200 }, (_, half) => {
      const inside = new Set(shuffled(units, 7, streamFor("halves", half)).subarray(0, units >> 1));
      return recallsOf(given, [...groups.keys()].filter((image) => inside.has(groups[image])));
    });
    const halves = halvesOf(given);
    [1, 10].forEach((rank, i) => {
      const expected = varianceOf(recalls.map((each) => each[i]));
      const found = halves.scatter(rank, 7, perGroup === 1 ? undefined : groups);
      assert.equal(found.units, units);
      assert.ok(Math.abs(found.variance - expected) < 1e-12, `${found.variance}, not ${expected}`);
    });
  }
});

Deno.test("RecallHalves has the variance of R@1 over other images; leaving out one by one has more", () => {
  const samples = Array.from({ length: 300 }, (_, seed) => sample(60, seed + 1, 1e-6));
  const all = [...samples[0].kinds.keys()];
  const recall = (each: Sample, images = all) => recallsOf(each, images)[0];
  const truth = varianceOf(samples.map((each) => recall(each)));
  const found = meanOf(samples.slice(0, 60).map((each) => halvesOf(each).scatter(1, 1).variance));
  assert.ok(found / truth > 0.75 && found / truth < 1.9, `${found} of ${truth}`);
  const jackknife = meanOf(
    samples.slice(0, 20).map((each) => {
      const without = all.map((image) => recall(each, all.filter((other) => other !== image)));
      return (all.length - 1) ** 2 / all.length * varianceOf(without);
    }),
  );
  assert.ok(jackknife / found > 1.2, `${jackknife} and ${found}`);
});

Deno.test("RecallHalves of a collapsed embedding, all right or all wrong, does not scatter", () => {
  const kinds = Array.from({ length: 300 }, (_, image) => image % 3);
  const collapsed = { kinds, places: kinds.map(() => 0) };
  assert.equal(halvesOf(collapsed).scatter(10, 1).variance, 0);
  assert.equal(halvesOf({ kinds, places: kinds }).scatter(1, 1).variance, 0);
});
