import assert from "node:assert/strict";
import { retrieval } from "../../src/analysis/retrieval.ts";
import type { Attribute } from "../../src/sets/attribute.ts";
import { likeness } from "../../src/sets/make/notions/likeness.ts";
import { randomNormal } from "../../src/base/random.ts";
import { MaskedVectors } from "../../src/statistics/masked_vectors.ts";
import { EmbeddingSet } from "../../src/model/embedding_set.ts";

const [count, dimension] = [30, 3];
const vectors = Float32Array.from({ length: count * dimension }, (_, i) => randomNormal(7, 1, i));
const mask = Float32Array.of(1, 0, 0.5);
/** Row i is image 2 i. */
const images = Uint32Array.from({ length: count }, (_, i) => 2 * i);
const random = { seed: 1, stream: 1 };

/** Ranks all other images for every query and counts. */
function naive(attribute: Attribute) {
  const set = new EmbeddingSet({
    names: Array.from({ length: count }, (_, i) => String(i)),
    vectors,
    dimension,
  });
  const known = Array.from(images.keys()).filter((row) => {
    const value = attribute.values[images[row]];
    return typeof value === "number" ? !Number.isNaN(value) : value.length > 0;
  });
  const sums = { recallAt1: 0, recallAt10: 0, meanAveragePrecision: 0 };
  let [queries, withoutRelevant] = [0, 0];
  for (const query of known) {
    const distances = set.distances(set.at(query), mask);
    const ranking = known.filter((row) => row !== query)
      .sort((a, b) => distances[a] - distances[b])
      .map((row) => likeness(attribute, images[query], images[row]) === "alike");
    const precisions = ranking.flatMap((isRelevant, place) =>
      isRelevant ? [ranking.slice(0, place + 1).filter(Boolean).length / (place + 1)] : []
    );
    if (precisions.length === 0) {
      withoutRelevant++;
      continue;
    }
    queries++;
    sums.recallAt1 += ranking[0] ? 1 : 0;
    sums.recallAt10 += ranking.slice(0, 10).includes(true) ? 1 : 0;
    sums.meanAveragePrecision += precisions.reduce((sum, one) => sum + one) / precisions.length;
  }
  const means = Object.entries(sums).map(([name, sum]) => [name, sum / queries] as const);
  return { ...Object.fromEntries(means), queries, withoutRelevant, gallery: known.length - 1 };
}

function assertNaive(attribute: Attribute): void {
  const { chance: _, intervals, ...found } = retrieval(
    new MaskedVectors(vectors, mask),
    images,
    attribute,
    random,
  )!;
  const expected: Record<string, number> = naive(attribute);
  for (const [name, value] of Object.entries(found)) {
    assert.ok(Math.abs(value - expected[name]) < 1e-12, `${name}: ${value}, not ${expected[name]}`);
  }
  assert.equal(Object.keys(found).length, 6);
  for (const name of ["recallAt1", "recallAt10", "meanAveragePrecision"] as const) {
    // Some attributes are known of fewer than 30 images.
    if (name === "meanAveragePrecision" && intervals[name] === null) continue;
    const { low, high } = intervals[name]!;
    assert.ok(0 <= low && low < found[name] && found[name] <= high && high <= 1, name);
  }
}

Deno.test("retrieval() equals a naive ranking for each kind of attribute, unknown values and single ones left out", () => {
  const byImage = <Value>(value: (row: number) => Value) =>
    Array.from({ length: 2 * count }, (_, image) => value(image / 2));
  assertNaive({
    kind: "categorical",
    values: byImage((row) => row === 3 ? "" : row === 7 ? "single" : "abc"[row % 3] ?? "?"),
  });
  assertNaive({
    kind: "ordinal",
    values: byImage((row) => row === 4 ? NaN : row === 5 ? 99 : row % 5),
    alike: 1,
    unlike: 3,
  });
  assertNaive({
    kind: "multi",
    values: byImage((row) => row % 6 === 0 ? [] : row % 2 ? ["x", "y"] : [row === 8 ? "z" : "y"]),
  });
});

Deno.test("retrieval() is null when no image is alike to another, and counts the chance of a random ranking", () => {
  const masked = new MaskedVectors(vectors, mask);
  const different = Array.from({ length: 2 * count }, (_, i) => String(i));
  assert.equal(retrieval(masked, images, { kind: "categorical", values: different }, random), null);
  const unknown = new Array<string>(2 * count).fill("");
  assert.equal(retrieval(masked, images, { kind: "categorical", values: unknown }, random), null);
  const halves = different.map((_, image) => String(image / 2 % 2));
  const { chance } = retrieval(masked, images, { kind: "categorical", values: halves }, random)!;
  assert.ok(Math.abs(chance.recallAt1 - 14 / 29) < 1e-12);
});

Deno.test("retrieval() takes groups as the units of its intervals, by image of the set", () => {
  const attribute: Attribute = {
    kind: "categorical",
    values: Array.from({ length: 2 * count }, (_, image) => "ab"[image / 2 % 2] ?? ""),
  };
  const masked = new MaskedVectors(vectors, mask);
  const alone = retrieval(masked, images, attribute, random)!;
  const each = Array.from({ length: 2 * count }, (_, image) => 7 * image);
  assert.deepEqual(retrieval(masked, images, attribute, random, each), alone);
  const fives = each.map((_, image) => Math.floor(image / 10));
  const grouped = retrieval(masked, images, attribute, random, fives)!;
  assert.equal(grouped.recallAt1, alone.recallAt1);
  assert.notDeepEqual(grouped.intervals.recallAt1, alone.intervals.recallAt1);
});

Deno.test("retrieval() gives no interval of a mean average precision over fewer than 30 units", () => {
  const attribute: Attribute = {
    kind: "categorical",
    values: Array.from({ length: 2 * count }, (_, image) => "ab"[image / 2 % 2] ?? ""),
  };
  const masked = new MaskedVectors(vectors, mask);
  const of = (groups?: number[]) => retrieval(masked, images, attribute, random, groups)!.intervals;
  const pairs = Array.from({ length: 2 * count }, (_, image) => image <= 2 ? 0 : image);
  assert.notEqual(of().meanAveragePrecision, null);
  assert.equal(of(pairs).meanAveragePrecision, null);
  assert.notEqual(of(pairs).recallAt1, null);
});

Deno.test("retrieval() draws 1,000 queries by the seed", () => {
  const many = 1200;
  const masked = new MaskedVectors(
    Float32Array.from({ length: many }, (_, i) => randomNormal(8, 1, i)),
    [1],
  );
  const attribute: Attribute = {
    kind: "categorical",
    values: Array.from({ length: many }, (_, i) => String(i % 7)),
  };
  const all = Uint32Array.from({ length: many }, (_, i) => i);
  const score = (seed: number) => retrieval(masked, all, attribute, { seed, stream: 3 })!;
  assert.equal(score(1).queries, 1000);
  assert.deepEqual(score(1), score(1));
  assert.notEqual(score(1).meanAveragePrecision, score(2).meanAveragePrecision);
});
