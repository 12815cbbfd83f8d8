/** `scan()` of matrices in files. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import type { EmbeddingMatrix } from "../../src/search/embedding_matrix.ts";
import { mapMatrix } from "../../src/search/mapped_matrix.ts";
import { int8Codes } from "../../src/search/int8_codes.ts";
import { type StoredTensor, writeSafetensors } from "../../src/tensor/safetensors.ts";
import {
  dimension,
  many,
  mask,
  matrixAgrees,
  numbers,
  other,
  queries,
  signed,
  vectors,
  weights,
} from "../helpers/naive_scan.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

/** Matrices in a file: float32, float16, and each with int8 codes; and what they stand for. */
async function withFiles(
  vectors: Float32Array,
  dimension: number,
  test: (matrix: EmbeddingMatrix, exact: ArrayLike<number>, what: string) => Promise<void>,
): Promise<void> {
  await using folder = await TemporaryFolder.make();
  const shape = [vectors.length / dimension, dimension];
  for (const dtype of ["float32", "float16"] as const) {
    const exact = dtype === "float32" ? vectors : Float16Array.from(vectors);
    const bytes = new Uint8Array(exact.slice().buffer);
    for (const isCoded of [false, true]) {
      const tensors = new Map<string, StoredTensor>([["embeddings", { dtype, shape, bytes }]]);
      if (isCoded) {
        const { codes, scales } = int8Codes(Float32Array.from(exact), dimension);
        tensors.set("codes", { dtype: "int8", shape, bytes: new Uint8Array(codes.buffer) });
        const scaleBytes = new Uint8Array(scales.buffer);
        tensors.set("scales", { dtype: "float32", shape: [dimension], bytes: scaleBytes });
      }
      const what = `${dtype}${isCoded ? " with codes" : ""}`;
      const path = join(folder.path, `${what}.safetensors`);
      await writeSafetensors(path, tensors);
      using matrix = await mapMatrix(path);
      await test(matrix, exact, what);
    }
  }
}

Deno.test("scan() of a mapped file gives what its numbers give in memory, from float16 and by codes too", () =>
  withFiles(vectors, dimension, async (matrix, exact) => {
    for (const some of [queries, many]) {
      for (
        const measure of [
          ...[{ weights }, { weights: signed }, { mask }],
          { terms: [{ mask, weight: 2 }, { mask: other, weight: -1 }] },
        ]
      ) {
        await matrixAgrees(matrix, exact, some, measure);
      }
    }
    assert.deepEqual(
      matrix.row(2999),
      Float32Array.from(Array.from(exact).slice(2999 * dimension)),
    );
  }));

Deno.test("scan() by codes is exact where all rows have the same codes", async () => {
  // One row is far away, so that a step of the codes is larger than all differences between others.
  const near = numbers(500 * 20).map((value) => value / 1000);
  near[499 * 20 + 3] = 5;
  near.fill(-5, 498 * 20, 499 * 20);
  const asked = near.slice(0, 5 * 20);
  const [some, all] = [new Float64Array(20).fill(1), new Float64Array(20).fill(-1)];
  await withFiles(near, 20, async (matrix, exact) => {
    await matrixAgrees(matrix, exact, asked, { weights: some });
    await matrixAgrees(matrix, exact, asked, { weights: all });
  });
});

Deno.test("scan() of a file of float16 gives subnormal, infinite and other odd numbers as they are", async () => {
  const odd = Float32Array.of(6e-8, -6e-8, 65504, -65504, Infinity, NaN, 0, -0, 1e-5, 3.14);
  const rows = Float32Array.from({ length: 64 * 16 }, (_, i) => odd[(i * 7 + (i >> 4)) % 10]);
  rows.fill(0, 0, 32 * 16);
  await using folder = await TemporaryFolder.make();
  const halves = Float16Array.from(rows);
  const path = join(folder.path, "odd.safetensors");
  const bytes = new Uint8Array(halves.buffer);
  const stored = { dtype: "float16", shape: [64, 16], bytes } as const;
  await writeSafetensors(path, new Map([["embeddings", stored]]));
  using matrix = await mapMatrix(path);
  const ones = new Float64Array(16).fill(1);
  await matrixAgrees(matrix, halves, numbers(2 * 16), { weights: ones }, { k: 64 });
  await matrixAgrees(matrix, halves, numbers(20 * 16), { weights: ones }, { k: 64 });
});
