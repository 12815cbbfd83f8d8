import assert from "node:assert/strict";
import { randomBelow } from "../../src/base/random.ts";
import { chanceScores, queryScores } from "../../src/statistics/retrieval_scores.ts";

const close = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-12, `${found} is not ${expected}`);

Deno.test("queryScores() gives the average precision and recalls of a ranking made by hand", () => {
  // Ranks 1, 3 and 5 are relevant.
  const scores = queryScores(Float64Array.of(5, 1, 3), Float64Array.of(4, 2, 6))!;
  close(scores.averagePrecision, (1 / 1 + 2 / 3 + 3 / 5) / 3);
  assert.equal(scores.recallAt1, 1);
  const late = (before: number) =>
    queryScores(Float64Array.of(100), Float64Array.from({ length: before }, (_, i) => i))!;
  assert.deepEqual(late(9), { recallAt1: 0, recallAt10: 1, averagePrecision: 1 / 10 });
  assert.deepEqual(late(10), { recallAt1: 0, recallAt10: 0, averagePrecision: 1 / 11 });
  assert.equal(queryScores(new Float64Array(), Float64Array.of(1, 2)), null);
  assert.equal(queryScores(Float64Array.of(1, 2), new Float64Array())!.averagePrecision, 1);
});

Deno.test("queryScores() puts the irrelevant first among equal distances: a collapsed embedding gains nothing", () => {
  const scores = queryScores(Float64Array.of(0, 0), Float64Array.of(0, 0, 0))!;
  close(scores.averagePrecision, (1 / 4 + 2 / 5) / 2);
  assert.equal(scores.recallAt1, 0);
});

Deno.test("queryScores() equals a ranking that is sorted and counted, ties and all", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const draw = (stream: number, length: number) =>
      Float64Array.from({ length }, (_, i) => randomBelow(seed, stream, i, 30));
    const [relevant, irrelevant] = [draw(1, 1 + seed % 7), draw(2, 25)];
    const ranking = [
      ...Array.from(irrelevant, (distance) => ({ distance, isRelevant: false })),
      ...Array.from(relevant, (distance) => ({ distance, isRelevant: true })),
    ].sort((a, b) => a.distance - b.distance);
    let [seen, precisions] = [0, 0];
    ranking.forEach(({ isRelevant }, place) => {
      if (isRelevant) precisions += ++seen / (place + 1);
    });
    const scores = queryScores(relevant, irrelevant)!;
    close(scores.averagePrecision, precisions / relevant.length);
    const isIn = (k: number) => ranking.slice(0, k).some(({ isRelevant }) => isRelevant) ? 1 : 0;
    assert.deepEqual([scores.recallAt1, scores.recallAt10], [isIn(1), isIn(10)]);
  }
});

Deno.test("chanceScores() is the mean over every possible ranking", () => {
  const count = 13;
  for (const relevant of [1, 2, 3, 12, 13]) {
    const sums = { recallAt1: 0, recallAt10: 0, averagePrecision: 0 };
    let rankings = 0;
    for (let bits = 0; bits < 2 ** count; bits++) {
      const ranks = Array.from({ length: count }, (_, rank) => rank);
      const chosen = ranks.filter((rank) => bits >> rank & 1);
      if (chosen.length !== relevant) continue;
      const others = ranks.filter((rank) => !(bits >> rank & 1));
      const scores = queryScores(Float64Array.from(chosen), Float64Array.from(others))!;
      rankings++;
      sums.recallAt1 += scores.recallAt1;
      sums.recallAt10 += scores.recallAt10;
      sums.averagePrecision += scores.averagePrecision;
    }
    const expected = chanceScores(relevant, count);
    close(expected.recallAt1, sums.recallAt1 / rankings);
    close(expected.recallAt10, sums.recallAt10 / rankings);
    close(expected.averagePrecision, sums.averagePrecision / rankings);
  }
  assert.deepEqual(chanceScores(1, 1), { recallAt1: 1, recallAt10: 1, averagePrecision: 1 });
});
