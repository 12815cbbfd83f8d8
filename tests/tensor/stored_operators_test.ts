import assert from "node:assert/strict";
import { liveTensors } from "../../src/native/library.ts";
import { type Argument, callAll } from "../../src/tensor/call.ts";
import { scope } from "../../src/tensor/scope.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import {
  argumentOf,
  numberOf,
  storedCalls,
  type StoredTensor,
  type Tagged,
} from "../fixtures/operators/stored_operators.ts";

function assertTensor(found: Tensor, stored: StoredTensor, tolerance: number): void {
  assert.equal(found.dtype, stored.dtype);
  assert.deepEqual(found.shape, stored.shape);
  if (stored.strides !== undefined) assert.deepEqual(found.strides, stored.strides);
  if (stored.dtype === "int64") {
    assert.deepEqual(
      [...found.data() as BigInt64Array],
      stored.values.map((value) => BigInt(value)),
    );
    return;
  }
  const wanted = stored.values.map(numberOf);
  const limit = tolerance * Math.max(0, ...wanted.map(Math.abs));
  const values = found.toArray();
  assert.equal(values.length, wanted.length);
  wanted.forEach((want, i) => assertNumber(values[i], want, limit));
}

/** Equal (0 and -0 are), both NaN, or within `limit`. */
function assertNumber(found: number, wanted: number, limit: number): void {
  const isNear = found === wanted || Object.is(found, wanted) || Math.abs(found - wanted) <= limit;
  assert.ok(isNear, `found ${found}, PyTorch gave ${wanted}`);
}

/** The shim gives numbers and booleans as tensors without dimensions, what is undefined as null. */
function assertResult(found: Tensor | null, stored: Tagged, tolerance: number): void {
  if (stored.none) return assert.equal(found, null);
  assert.ok(found !== null, "found an undefined tensor");
  if (stored.tensor) return assertTensor(found, stored.tensor, tolerance);
  assert.deepEqual(found.shape, []);
  assert.equal(found.item(), numberOf(stored.int ?? stored.float ?? stored.bool!));
}

function assertChanged(given: Argument, stored: Tagged, tolerance: number): void {
  if (stored.tensor) return assertTensor(given as Tensor, stored.tensor, tolerance);
  const items = given as Tensor[];
  assert.equal(items.length, stored.tensors!.length);
  stored.tensors!.forEach((item, i) => assertTensor(items[i], item!, tolerance));
}

storedCalls().forEach((stored, number) => {
  Deno.test(`callAll() gives PyTorch's results, ${number + 1}: ${stored.op}, ${stored.shows}`, () => {
    const before = liveTensors();
    scope(() => {
      const given = stored.arguments.map(argumentOf);
      const results = callAll(stored.op, ...given);
      assert.equal(results.length, stored.results.length);
      results.forEach((found, i) => assertResult(found, stored.results[i], stored.tolerance));
      for (const [position, content] of Object.entries(stored.after)) {
        assertChanged(given[Number(position)], content, stored.tolerance);
      }
    });
    assert.equal(liveTensors(), before);
  });
});

Deno.test("storedCalls() cover every dtype that csn computes with", () => {
  const text = JSON.stringify(storedCalls());
  const dtypes = "uint8 int32 int64 bool float16 bfloat16 float32 float64".split(" ");
  for (const dtype of dtypes) assert.ok(text.includes(`"dtype":"${dtype}"`), dtype);
});
