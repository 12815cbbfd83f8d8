import assert from "node:assert/strict";
import { int8Codes } from "../../src/search/int8_codes.ts";
import { dimension, vectors } from "../helpers/naive_scan.ts";

Deno.test("int8Codes() gives codes within half a scale of the values, and refuses what is not finite", () => {
  const { codes, scales } = int8Codes(vectors, dimension);
  for (let i = 0; i < vectors.length; i++) {
    const scale = scales[i % dimension];
    assert.ok(Math.abs(vectors[i] - codes[i] * scale) <= scale * 0.5001);
  }
  assert.deepEqual(int8Codes(new Float32Array(4), 2).codes, new Int8Array(4));
  assert.throws(() => int8Codes(Float32Array.of(1, 2, NaN, 4), 2), /number 1 holds NaN; leave it/);
});

Deno.test("int8Codes() gives rows of NaN alone codes of 0, and refuses a row that holds some", () => {
  const rows = Float32Array.of(NaN, NaN, 1, -2);
  const { codes, scales } = int8Codes(rows, 2);
  assert.deepEqual([...codes], [0, 0, 127, -127]);
  assert.ok(scales.every(Number.isFinite));
  rows[1] = 3;
  assert.throws(() => int8Codes(rows, 2), /number 0 holds NaN/);
});
