import assert from "node:assert/strict";
import { type Embedded, linearProbe } from "../../src/analysis/linear_probe.ts";
import { plantEmbedding } from "../helpers/planted_embedding.ts";

/** Rows of a planted embedding; image numbers begin at 100. */
function embedded(vectors: Float32Array, from: number, to: number): Embedded {
  return {
    images: Uint32Array.from({ length: to - from }, (_, i) => 100 + from + i),
    vectors: vectors.slice(3 * from, 3 * to),
    dimension: 3,
  };
}

/** A column for those images: "" for the first hundred, which are in no split. */
function column(values: readonly string[]) {
  return { name: "heel", values: [...new Array(100).fill("other"), ...values] };
}

Deno.test("linearProbe() tells a value that is in the embedding, and not one that is not", async () => {
  const { vectors, values } = plantEmbedding(600, 4);
  const seen = Float32Array.from(
    { length: 600 * 3 },
    (_, at) => vectors[4 * Math.floor(at / 3) + at % 3],
  );
  const [train, test] = [embedded(seen, 0, 400), embedded(seen, 400, 600)];
  const probe = async (property: number) => {
    const result = await linearProbe(column(values[property].map(String)), train, test);
    assert.ok("probe" in result);
    return result.probe;
  };
  const there = await probe(1);
  assert.ok(there.accuracy > 0.9, String(there.accuracy));
  assert.deepEqual([there.classes, there.train, there.test, there.unseen], [4, 400, 200, 0]);
  assert.ok(Math.abs(there.majority - 0.25) < 0.1, String(there.majority));
  // Wilson's interval, of 200 images.
  const { low, high } = there.interval!;
  assert.ok(low < there.accuracy && there.accuracy <= high && high - low < 0.09);
  const grouped = await linearProbe(column(values[1].map(String)), train, test, {
    groups: Array.from({ length: 700 }, (_, image) => Math.floor(image / 50)),
  });
  // Four groups of fifty: Student's t has three degrees of freedom.
  assert.ok("probe" in grouped && grouped.probe.accuracy === there.accuracy);
  assert.notDeepEqual(grouped.probe.interval, there.interval);
  const absent = await probe(3);
  // Four classes, 200 images: five standard errors about one quarter.
  assert.ok(Math.abs(absent.accuracy - 0.25) < 0.155, String(absent.accuracy));
});

Deno.test("linearProbe() leaves out unknown values and those no training image has; the majority is that of training", async () => {
  const vectors = Float32Array.of(
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    5,
    0,
    0,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    9,
    0,
    0,
  );
  const values = ["a", "b", "a", "", "a", "b", "b", "new"];
  const result = await linearProbe(
    column(values),
    embedded(vectors, 0, 4),
    embedded(vectors, 4, 8),
  );
  assert.ok("probe" in result);
  const { interval, ...probe } = result.probe;
  // Three images tell little.
  assert.ok(interval!.low < 0.2 && interval!.high > 0.9);
  assert.deepEqual(probe, {
    column: "heel",
    classes: 2,
    // The third image to score looks like a's.
    accuracy: 2 / 3,
    majority: 1 / 3,
    train: 3,
    test: 3,
    unseen: 1,
  });
});

Deno.test("linearProbe() says why it cannot be done", async () => {
  const vectors = new Float32Array(6 * 3);
  const [train, test] = [embedded(vectors, 0, 3), embedded(vectors, 3, 6)];
  const reason = async (values: string[]) => {
    const result = await linearProbe(column(values), train, test);
    assert.ok("reason" in result);
    return result.reason;
  };
  assert.match(await reason(["a", "a", "", "a", "b", "a"]), /one value "a" among the 3 training/);
  assert.match(await reason(["", "", "", "a", "b", "a"]), /has no value among the 3 training/);
  assert.match(await reason(["a", "b", "", "", "", "c"]), /no image to score has a value/);
});
