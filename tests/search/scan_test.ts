import assert from "node:assert/strict";
import fc from "fast-check";
import { liveTensors, setThreads, threads } from "../../src/native/library.ts";
import { EmbeddingMatrix } from "../../src/search/embedding_matrix.ts";
import { scan } from "../../src/search/scan.ts";
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

Deno.test("scan() gives what a naive loop in float64 gives, to the bit, by weights", async () => {
  await agrees(vectors, dimension, queries, { weights });
  await agrees(vectors, dimension, many, { weights });
});

Deno.test("scan() gives what a naive loop gives by a notion's mask", async () => {
  await agrees(vectors, dimension, queries, { mask });
  await agrees(vectors, dimension, many, { mask });
});

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
