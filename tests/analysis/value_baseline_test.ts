import assert from "node:assert/strict";
import { valueBaseline } from "../../src/analysis/value_baseline.ts";
import { randomBelow, randomUnit } from "../../src/base/random.ts";
import type { Attribute } from "../../src/sets/attribute.ts";
import { plantTriplets } from "../helpers/planted_embedding.ts";

Deno.test("valueBaseline() is one half for values that have nothing to do with the triplets, 0 for their own", () => {
  const own = Array.from({ length: 400 }, (_, image) => randomBelow(1, 1, image, 4));
  const other = own.map((_, image) => randomBelow(1, 2, image, 4));
  const triplets = plantTriplets(own, 4000);
  const categorical = (values: number[]): Attribute => ({
    kind: "categorical",
    values: values.map(String),
  });
  assert.equal(valueBaseline(triplets, categorical(own)), 0);
  assert.ok(Math.abs(valueBaseline(triplets, categorical(other))! - 0.5) < 0.03);
});

Deno.test("valueBaseline() of values that go with the triplets' is what they alone would give", () => {
  // Half of the images have the value of the other notion that their own has, the others any.
  const own = Array.from({ length: 600 }, (_, image) => randomBelow(2, 1, image, 4));
  const other = own.map((value, image) =>
    randomUnit(2, 2, image) < 0.5 ? value : randomBelow(2, 3, image, 4)
  );
  const triplets = plantTriplets(own, 6000);
  const found = valueBaseline(triplets, { kind: "categorical", values: other.map(String) })!;
  // Alike share a value with 1/4 + (1/2)^2 3/4 = 7/16, unlike with 3/16. Right only near: 7/16 13/16,
  // wrong only far: 9/16 3/16; the error is one half less half the difference of 7/16 and 3/16.
  assert.ok(Math.abs(found - 0.375) < 0.02, String(found));
});

Deno.test("valueBaseline() measures numbers by their distance, lists by a shared value, and leaves unknown values out", () => {
  const ordinal: Attribute = {
    ...{ kind: "ordinal", alike: 1, unlike: 2 },
    values: [1, 5, 2, NaN, 0.7, 0.4, 1],
  };
  // Anchor, far, near: right; wrong; not known; 0.3 away both, though their floats are not.
  const triplets = Uint32Array.of(0, 1, 2, 0, 2, 1, 0, 3, 1, 6, 4, 4, 4, 6, 5);
  assert.equal(valueBaseline(triplets, ordinal), (0 + 1 + 0.5 + 0.5) / 4);
  const multi: Attribute = { kind: "multi", values: [["a", "b"], ["c"], ["b"], []] };
  assert.equal(valueBaseline(Uint32Array.of(0, 1, 2, 0, 2, 1, 0, 3, 1), multi), 0.5);
  assert.equal(valueBaseline(Uint32Array.of(0, 3, 1), multi), null);
});
