import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "../../src/files/paths.ts";
import { liveTensors, setThreads, threads } from "../../src/native/library.ts";
import { EmbeddingMatrix } from "../../src/search/embedding_matrix.ts";
import type { Ranking } from "../../src/search/plain_scan.ts";
import { type Measure, scan, type ScanOptions } from "../../src/search/scan.ts";
import { int8Codes } from "../../src/search/int8_codes.ts";
import { type StoredTensor, writeSafetensors } from "../../src/tensor/safetensors.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

/** Numbers that are the same in every run, some clusters of rows among them. */
function numbers(count: number, seed = 1): Float32Array<ArrayBuffer> {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}

/** What `scan()` promises, by the plainest loop there is. */
function naive(
  vectors: ArrayLike<number>,
  dimension: number,
  query: ArrayLike<number>,
  measure: Measure,
  { k = 10, keep }: ScanOptions = {},
): Ranking {
  const hits: { row: number; score: number }[] = [];
  for (let row = 0; row * dimension < vectors.length; row++) {
    if (keep !== undefined && keep[row] === 0) continue;
    const vector = Array.from({ length: dimension }, (_, d) => vectors[row * dimension + d]);
    const score = naiveScore(vector, query, measure);
    hits.push({ row, score });
  }
  const found = hits.sort((a, b) => {
    if (Number.isNaN(a.score) !== Number.isNaN(b.score)) return Number.isNaN(a.score) ? 1 : -1;
    return a.score < b.score ? -1 : a.score > b.score ? 1 : a.row - b.row;
  }).slice(0, k);
  return {
    rows: Uint32Array.from(found, ({ row }) => row),
    scores: Float64Array.from(found, ({ score }) => score),
  };
}

function naiveScore(x: number[], q: ArrayLike<number>, measure: Measure): number {
  let score = 0;
  if ("weights" in measure) {
    const { weights } = measure;
    x.forEach((value, d) => {
      if (weights[d] !== 0) score += weights[d] * ((q[d] - value) * (q[d] - value));
    });
    return score;
  }
  const terms = "terms" in measure ? measure.terms : [{ mask: measure.mask, weight: 1 }];
  for (const { mask, weight } of terms) {
    let square = 0;
    x.forEach((value, d) => square += (mask[d] * (q[d] - value) + 1e-6) ** 2);
    score += weight * square;
  }
  return score;
}

async function agrees(
  vectors: Float32Array,
  dimension: number,
  queries: Float32Array,
  measure: Measure,
  options: ScanOptions = {},
): Promise<void> {
  using matrix = EmbeddingMatrix.of(vectors, dimension);
  await matrixAgrees(matrix, vectors, queries, measure, options);
}

async function matrixAgrees(
  matrix: EmbeddingMatrix,
  vectors: ArrayLike<number>,
  queries: Float32Array,
  measure: Measure,
  options: ScanOptions = {},
): Promise<void> {
  const { dimension } = matrix;
  const found = await scan(matrix, queries, measure, options);
  assert.equal(found.length, queries.length / dimension);
  for (const [i, each] of found.entries()) {
    const query = queries.subarray(i * dimension, (i + 1) * dimension);
    assert.deepEqual(each, naive(vectors, dimension, query, measure, options), `query ${i}`);
  }
}

const dimension = 40;
const vectors = numbers(3000 * dimension);
const queries = numbers(3 * dimension, 7);
const many = numbers(20 * dimension, 8);
const weights = Float64Array.from(numbers(dimension, 3), Math.abs);
const signed = Float64Array.from(numbers(dimension, 4));
const mask = numbers(dimension, 5).map((value, d) => d % 3 === 0 ? 0 : Math.abs(value));

Deno.test("scan() gives what a naive loop in float64 gives, to the bit, by weights", async () => {
  await agrees(vectors, dimension, queries, { weights });
  await agrees(vectors, dimension, many, { weights });
});

Deno.test("scan() gives what a naive loop gives by a notion's mask", async () => {
  await agrees(vectors, dimension, queries, { mask });
  await agrees(vectors, dimension, many, { mask });
});

const other = numbers(dimension, 6).map((value, d) => d % 2 === 0 ? 0 : Math.abs(value));

Deno.test("scan() gives what a naive loop gives by a mixture of notions, unlike ones too", async () => {
  for (const weight of [0.3, -0.5, 1e-9]) {
    const terms = [{ mask, weight: 0.7 }, { mask: other, weight }];
    await agrees(vectors, dimension, queries, { terms });
    await agrees(vectors, dimension, many, { terms });
  }
  // Nothing is left but what 1e-6 of each dimension adds.
  const none = [{ mask, weight: 1 }, { mask: mask.map((value) => -value), weight: -1 }];
  await agrees(vectors, dimension, queries, { terms: none });
  await agrees(vectors, dimension, many, { terms: none });
});

Deno.test("scan() gives what a naive loop gives by negative weights", async () => {
  await agrees(vectors, dimension, queries, { weights: signed });
  await agrees(vectors, dimension, many, { weights: signed });
  await agrees(vectors, dimension, queries, { weights: signed.map((weight) => -Math.abs(weight)) });
});

Deno.test("scan() looks at no dimension of weight 0", async () => {
  const some = weights.map((weight, d) => d === 5 || d === 39 ? weight : 0);
  const spoilt = vectors.map((value, i) =>
    some[i % dimension] === 0 && i % 7 === 0 ? [NaN, Infinity, 3e38][i % 3] : value
  );
  for (const some_ of [queries, many]) await agrees(spoilt, dimension, some_, { weights: some });
  await agrees(vectors, dimension, queries, { weights: new Float64Array(dimension) });
});

Deno.test("scan() orders equal rows by position, whatever thread found them", async () => {
  const equal = new Float32Array(20_000 * 16);
  for (let row = 0; row < 20_000; row++) equal[row * 16] = row % 5;
  const ones = new Float64Array(16).fill(1);
  for (const count of [1, 40]) {
    await agrees(equal, 16, new Float32Array(16 * count), { weights: ones }, { k: 7 });
    await agrees(equal, 16, new Float32Array(16 * count), { weights: ones }, { k: 6000 });
  }
});

Deno.test("scan() orders near duplicates exactly, far from the origin too", async () => {
  const base = numbers(dimension, 9).map((value) => 100 + value);
  const near = numbers(3000 * dimension, 10).map((value, i) =>
    base[i % dimension] * (1 + 1e-6 * value)
  );
  for (const count of [1, 30]) {
    const some = Float32Array.from({ length: count * dimension }, (_, i) => base[i % dimension]);
    await agrees(near, dimension, some, { weights }, { k: 50 });
    await agrees(near, dimension, some, { mask }, { k: 50 });
    await agrees(near, dimension, some, { weights: signed }, { k: 50 });
    const terms = [{ mask, weight: 1 }, { mask: other, weight: -0.9 }];
    await agrees(near, dimension, some, { terms }, { k: 50 });
  }
});

Deno.test("scan() orders exactly what is equally far but for the last bits", async () => {
  // On a sphere around the query; of many dimensions, so that the roundings of a sum differ much.
  const wide = 500;
  const around = numbers(2000 * wide, 11);
  for (let row = 0; row < 2000; row++) {
    const own = around.subarray(row * wide, (row + 1) * wide);
    const length = Math.hypot(...own) / Math.sqrt(1.9);
    own.forEach((value, d) => own[d] = value / length);
  }
  const ones = new Float64Array(wide).fill(1);
  const both = ones.map((_, d) => d % 2 === 0 ? 1 : -1);
  for (const count of [1, 15]) {
    const some = new Float32Array(count * wide);
    await agrees(around, wide, some, { weights: ones }, { k: 50 });
    await agrees(around, wide, some, { mask: Float32Array.from(ones) }, { k: 50 });
    await agrees(around, wide, some, { weights: both }, { k: 50 });
  }
});

Deno.test("scan() puts what is not a number last, and what is infinitely far before it", async () => {
  const broken = numbers(100 * 17);
  broken[3 * 17] = NaN;
  broken[40 * 17 + 2] = Infinity;
  const ones = new Float64Array(17).fill(1);
  for (const count of [2, 20]) {
    await agrees(broken, 17, numbers(count * 17, 2), { weights: ones }, { k: 200 });
    await agrees(broken, 17, numbers(count * 17, 2), { weights: ones }, { k: 5 });
  }
});

Deno.test("scan() compares numbers whose squares float32 does not hold", async () => {
  for (const scale of [1e-30, 1e-25, 1e19, 1e30]) {
    const odd = numbers(300 * 33).map((value) => value * scale);
    for (const count of [1, 20]) {
      const some = numbers(count * 33, 2).map((value) => value * scale);
      for (const weight of [1, -1, 1e-40, 1e30]) {
        await agrees(odd, 33, some, { weights: new Float64Array(33).fill(weight) });
      }
    }
  }
});

Deno.test("scan() leaves out rows that are not kept", async () => {
  const keep = Uint8Array.from({ length: 3000 }, (_, row) => row % 13 === 4 ? 1 : 0);
  await agrees(vectors, dimension, queries, { weights }, { keep, k: 20 });
  await agrees(vectors, dimension, many, { weights }, { keep, k: 1000 });
  await agrees(vectors, dimension, many, { weights }, { keep: new Uint8Array(3000) });
});

Deno.test("scan() gives all rows when there are fewer than `k`, and none of none", async () => {
  await agrees(vectors.subarray(0, 4 * dimension), dimension, many, { weights }, { k: 100 });
  await agrees(new Float32Array(0), dimension, queries, { weights });
  using matrix = EmbeddingMatrix.of(vectors, dimension);
  assert.deepEqual(await scan(matrix, new Float32Array(0), { weights }), []);
});

Deno.test("scan() gives the same with any number of threads", async () => {
  const before = threads();
  try {
    for (const count of [1, 2, 3]) {
      setThreads(count);
      await agrees(vectors, dimension, queries, { weights });
      await agrees(vectors, dimension, many, { weights: signed });
    }
  } finally {
    setThreads(before);
  }
});

Deno.test("scan() agrees with the naive loop on whatever fast-check thinks of", async () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });
  const shapes = fc.record({
    dimension: fc.integer({ min: 1, max: 35 }),
    count: fc.integer({ min: 0, max: 40 }),
    queries: fc.constantFrom(1, 2, 5, 13),
    k: fc.integer({ min: 1, max: 50 }),
    kind: fc.constantFrom("mask", "weights", "signed"),
  });
  const cases = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      // Few different values make ties.
      values: fc.array(fc.oneof(float, fc.constantFrom(0, 1, 1 + 2 ** -23)), {
        minLength: shape.dimension * (shape.count + shape.queries + 1),
        maxLength: shape.dimension * (shape.count + shape.queries + 1),
      }),
    })
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, values }) => {
      const all = Float32Array.from(values);
      const own = all.slice(0, shape.dimension);
      const asked = all.slice(shape.dimension, shape.dimension * (1 + shape.queries));
      const rows = all.slice(shape.dimension * (1 + shape.queries));
      const positive = own.map(Math.abs);
      const measure = shape.kind === "mask"
        ? { mask: positive }
        : { weights: shape.kind === "signed" ? own : positive };
      await agrees(rows, shape.dimension, asked, measure, { k: shape.k });
    }),
    { numRuns: 300, seed: 1 },
  );
});

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
      using matrix = await EmbeddingMatrix.map(path);
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

Deno.test("int8Codes() gives codes within half a scale of the values, and refuses what is not finite", () => {
  const { codes, scales } = int8Codes(vectors, dimension);
  for (let i = 0; i < vectors.length; i++) {
    const scale = scales[i % dimension];
    assert.ok(Math.abs(vectors[i] - codes[i] * scale) <= scale * 0.5001);
  }
  assert.deepEqual(int8Codes(new Float32Array(4), 2).codes, new Int8Array(4));
  assert.throws(() => int8Codes(Float32Array.of(1, 2, NaN, 4), 2), /number 1 holds NaN; leave it/);
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
  using matrix = await EmbeddingMatrix.map(path);
  const ones = new Float64Array(16).fill(1);
  await matrixAgrees(matrix, halves, numbers(2 * 16), { weights: ones }, { k: 64 });
  await matrixAgrees(matrix, halves, numbers(20 * 16), { weights: ones }, { k: 64 });
});

Deno.test("scan() does not block the event loop, and leaves no tensor behind", async () => {
  const before = liveTensors();
  using matrix = EmbeddingMatrix.of(vectors, dimension);
  let turns = 0;
  const beats = setInterval(() => turns++, 0);
  try {
    for (let i = 0; i < 20; i++) await scan(matrix, many, { weights });
  } finally {
    clearInterval(beats);
  }
  assert.ok(turns > 0);
  assert.equal(liveTensors(), before);
});

Deno.test("scan() refuses what does not fit together, and says what was found", async () => {
  using matrix = EmbeddingMatrix.of(vectors, dimension);
  const refused = (given: () => Promise<unknown>, message: RegExp) =>
    assert.rejects(given, { message });
  await refused(() => scan(matrix, queries, { weights }, { k: 0 }), /`k` is 0; it must be a whole/);
  await refused(
    () => scan(matrix, new Float32Array(41), { weights }),
    /queries have 41 numbers, no multiple of the 40 dimensions/,
  );
  await refused(
    () => scan(matrix, queries, { weights: [1] }),
    /embeddings of 40 dimensions: found 1 numbers as the weights/,
  );
  await refused(
    () => scan(matrix, queries, { weights: weights.with(3, NaN) }),
    /found NaN among the weights; pass finite numbers/,
  );
  await refused(
    () => scan(matrix, queries, { weights }, { keep: new Uint8Array(3) }),
    /`keep` is of 3 embeddings, there are 3000/,
  );
  await refused(
    () => scan(matrix, queries.with(dimension + 2, NaN), { weights }),
    /query 1 holds NaN/,
  );
  const signal = AbortSignal.abort(new Error("enough"));
  await refused(() => scan(matrix, queries, { weights }, { signal }), /enough/);
});

Deno.test("EmbeddingMatrix.map() refuses files that it cannot search, and says why", async () => {
  await using folder = await TemporaryFolder.make();
  const path = join(folder.path, "odd.safetensors");
  const ints = { dtype: "int32", shape: [1, 2], bytes: new Uint8Array(8) } as const;
  const floats = { ...ints, dtype: "float32" } as const;
  const codes = { dtype: "int8", shape: [1, 3], bytes: new Uint8Array(3) } as const;
  const cases: [Record<string, StoredTensor>, RegExp][] = [
    [{ other: floats }, /it holds no embeddings/],
    [{ embeddings: ints }, /are int32\[1, 2\], they should be a matrix of float32 or float16/],
    [
      { embeddings: floats, codes },
      /its codes are int8\[1, 3\] and their scales none, they should/,
    ],
  ];
  for (const [tensors, message] of cases) {
    await writeSafetensors(path, new Map(Object.entries(tensors)));
    await assert.rejects(EmbeddingMatrix.map(path), { message });
  }
  const whole = await Deno.readFile(path);
  await Deno.writeFile(path, whole.subarray(0, whole.length - 1));
  await assert.rejects(EmbeddingMatrix.map(path), /it is no whole safetensors file/);
  await assert.rejects(EmbeddingMatrix.map(`${path}.none`), /there is no such file/);
});
