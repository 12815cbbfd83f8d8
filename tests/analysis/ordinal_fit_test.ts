import assert from "node:assert/strict";
import { ordinalFit } from "../../src/analysis/ordinal_fit.ts";
import type { OrdinalAttribute } from "../../src/sets/attribute.ts";
import { MaskedVectors } from "../../src/statistics/masked_vectors.ts";
import { spearman } from "../../src/statistics/spearman.ts";
import { plantEmbedding } from "../helpers/planted_embedding.ts";

const random = { seed: 1, stream: 1 };

function ordinal(values: readonly number[]): OrdinalAttribute {
  return { kind: "ordinal", values, alike: 0, unlike: 2 };
}

Deno.test("ordinalFit() takes every pair of images whose values are known", () => {
  // Images 1, 3, 5 and 7; of 5 nothing is known.
  const masked = new MaskedVectors(Float32Array.of(0, 9, 1, 9, 50, 9, 10, 9), [1, 0]);
  const values = [NaN, 4, NaN, 6, NaN, NaN, NaN, 7];
  const found = ordinalFit(masked, Uint32Array.of(1, 3, 5, 7), ordinal(values), random);
  // Distances 1, 10, 9 beside differences 2, 3, 1.
  assert.deepEqual(found, { spearman: spearman([1, 10, 9], [2, 3, 1]), interval: null, pairs: 3 });
  const same = ordinalFit(
    masked,
    Uint32Array.of(1, 3, 5, 7),
    ordinal(new Array(8).fill(2)),
    random,
  );
  assert.deepEqual(same, { spearman: null, interval: null, pairs: 6 });
  const alone = ordinalFit(masked, Uint32Array.of(0, 2, 4, 7), ordinal(values), random);
  assert.deepEqual(alone, { spearman: null, interval: null, pairs: 0 });
});

Deno.test("ordinalFit() is high under the mask that sees the values' dimension, none under another, by the seed", () => {
  const { vectors, values } = plantEmbedding(500, 2);
  const images = Uint32Array.from({ length: 500 }, (_, i) => i);
  const fit = (mask: number[], seed = 1) =>
    ordinalFit(new MaskedVectors(vectors, mask), images, ordinal(values[0]), { seed, stream: 2 });
  assert.equal(fit([1, 0]).pairs, 50_000);
  assert.ok(fit([1, 0]).spearman! > 0.9, String(fit([1, 0]).spearman));
  assert.ok(Math.abs(fit([0, 1]).spearman!) < 0.05, String(fit([0, 1]).spearman));
  assert.deepEqual(fit([1, 1]), fit([1, 1]));
  const { spearman: rho, interval } = fit([1, 0]);
  assert.ok(interval!.low < rho! && rho! < interval!.high && interval!.high - interval!.low < 0.05);
  const tens = values[0].map((_, image) => Math.floor(image / 10));
  const grouped = ordinalFit(
    new MaskedVectors(vectors, [1, 0]),
    images,
    ordinal(values[0]),
    { seed: 1, stream: 2 },
    tens,
  );
  assert.equal(grouped.spearman, rho);
  assert.notDeepEqual(grouped.interval, interval);
  assert.notEqual(fit([1, 1]).spearman, fit([1, 1], 2).spearman);
});
