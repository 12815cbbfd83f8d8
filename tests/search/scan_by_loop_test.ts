/** Scans without libtorch, held against the naive loop that `scan()` is held against. */
import assert from "node:assert/strict";
import { EmbeddingMatrix } from "../../src/search/embedding_matrix.ts";
import { scanByLoop } from "../../src/search/scan_by_loop.ts";
import {
  agrees,
  dimension,
  many,
  mask,
  other,
  queries,
  signed,
  vectors,
  weights,
} from "../helpers/naive_scan.ts";

const by = scanByLoop;

Deno.test("scanByLoop() gives what a naive loop gives, to the bit, by every measure", async () => {
  const terms = [{ mask, weight: 0.7 }, { mask: other, weight: -0.5 }];
  for (const measure of [{ weights }, { weights: signed }, { mask }, { terms }]) {
    await agrees(vectors, dimension, many, measure, { by });
  }
});

Deno.test("scanByLoop() gives few rows and many alike, of those that are kept", async () => {
  const keep = Uint8Array.from({ length: 3000 }, (_, row) => row % 3 === 1 ? 1 : 0);
  for (const k of [1, 2, 20, 256, 257, 999, 1000, 3000]) {
    await agrees(vectors, dimension, queries, { mask }, { by, k, keep });
  }
  await agrees(vectors, dimension, queries, { mask }, { by, keep: new Uint8Array(3000) });
  await agrees(new Float32Array(0), dimension, queries, { mask }, { by });
});

Deno.test("scanByLoop() puts equal rows in their order, and what is no number last", async () => {
  const values = Float32Array.from({ length: 60 * 2 }, (_, i) => i % 10 === 4 ? NaN : i % 3);
  for (const k of [1, 7, 60, 300]) {
    await agrees(values, 2, Float32Array.of(1, 2), { weights: [1, 1] }, { by, k });
  }
});

Deno.test("scanByLoop() refuses what does not fit together, as scan() does", async () => {
  using matrix = EmbeddingMatrix.of(vectors, dimension);
  await assert.rejects(by(matrix, queries, { weights }, { k: 0 }), /`k` is 0/);
  await assert.rejects(by(matrix, queries, { weights: [1] }), /found 1 numbers as the weights/);
  await assert.rejects(by(matrix, queries.with(3, NaN), { weights }), /query 0 holds NaN/);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(by(matrix, queries, { weights }, { signal }), /enough/);
});
