import assert from "node:assert/strict";
import { liveBytes, liveTensors, native } from "../../src/native/library.ts";
import { callAll } from "../../src/tensor/call.ts";
import {
  add,
  clone,
  greater,
  mapFile,
  sum,
  toDType,
  topK,
  transpose,
} from "../../src/tensor/operators.ts";
import { scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import type { DType } from "../../src/tensor/dtype.ts";

const samples: [DType, number[]][] = [
  ["uint8", [0, 1, 255]],
  ["int8", [-128, 0, 127]],
  ["int16", [-32768, 0, 32767]],
  ["int32", [-(2 ** 31), 0, 2 ** 31 - 1]],
  ["int64", [-(2 ** 53), 0, 2 ** 53]],
  ["float16", [0.5, -65504, 2 ** -14]],
  ["bfloat16", [0.5, -3, 2 ** 100]],
  ["float32", [0.5, -3, 2 ** -100]],
  ["float64", [Math.PI, -3, 1e300]],
  ["bool", [1, 0, 1]],
];

for (const [dtype, values] of samples) {
  Deno.test(`Tensor.from() and toArray() keep ${dtype} elements`, () => {
    using tensor = Tensor.from(values, { shape: [3, 1], dtype });
    assert.equal(tensor.dtype, dtype);
    assert.deepEqual(tensor.shape, [3, 1]);
    assert.deepEqual(tensor.toArray(), values);
  });
}

Deno.test("Tensor.from() rounds bfloat16 to nearest, ties to even, as libtorch", () => {
  const values = [1 + 2 ** -8, 1 + 3 * 2 ** -8, 1.7, -1e-40, 3.38e38, Infinity, NaN];
  using ours = Tensor.from(values, { dtype: "bfloat16" });
  using wide = Tensor.from(values);
  using theirs = toDType(wide, "bfloat16");
  assert.deepEqual(ours.toArray(), theirs.toArray());
});

Deno.test("Tensor.from() refuses elements that do not fit the shape", () => {
  assert.throws(
    () => Tensor.from([1, 2, 3], { shape: [2, 2] }),
    /float32\[2, 2\].*16 bytes, the buffer has 12/,
  );
});

Deno.test("Tensor.data() gives C order, however the elements lie", () => {
  using tensor = Tensor.from([1, 2, 3, 4, 5, 6], { shape: [2, 3] });
  using turned = transpose(tensor);
  assert.deepEqual(turned.strides, [1, 3]);
  assert.deepEqual(turned.toArray(), [1, 4, 2, 5, 3, 6]);
});

Deno.test("Tensor.dataAsync() reads the same elements on the executor", async () => {
  using tensor = Tensor.from([1, 2, 3]);
  assert.deepEqual(await tensor.dataAsync(), Float32Array.of(1, 2, 3));
});

Deno.test("Tensor.item() refuses more than one element", () => {
  using tensor = Tensor.from([1, 2]);
  assert.throws(() => tensor.item(), /one element, found shape \[2\]/);
});

Deno.test("Tensor.dispose() frees the memory; a second call does nothing", () => {
  const [tensors, bytes] = [liveTensors(), liveBytes()];
  const tensor = Tensor.from(new Float32Array(100_000));
  assert.equal(liveTensors(), tensors + 1);
  assert.ok(liveBytes() >= bytes + 400_000);
  tensor.dispose();
  tensor.dispose();
  assert.equal(liveTensors(), tensors);
  assert.equal(liveBytes(), bytes);
});

Deno.test("Tensor refuses to be used after dispose()", () => {
  const tensor = Tensor.from([1]);
  tensor.dispose();
  for (
    const use of [
      () => tensor.data(),
      () => tensor.shape,
      () => sum(tensor),
      () => tensor.requiresGrad,
    ]
  ) {
    assert.throws(use, /freed already/);
  }
});

Deno.test("csn_free() refuses a handle that was freed, also when its slot is in use again", () => {
  const tensor = Tensor.from([1]);
  const { handle } = tensor;
  tensor.dispose();
  const errors = new Uint8Array(256);
  assert.equal(native().csn_free(handle, errors, errors.length), -1);
  using kept = scope(() => Array.from({ length: 2000 }, () => Tensor.from([1]))).reduce(
    (stack, each) => (stack.use(each), stack),
    new DisposableStack(),
  );
  assert.ok(!kept.disposed);
  assert.equal(native().csn_free(handle, errors, errors.length), -1);
  assert.match(new TextDecoder().decode(errors), /freed already/);
});

Deno.test("Tensor.grad() is null before a backward pass and shares the gradient after", () => {
  using x = Tensor.from([1, 2, 3]);
  x.requiresGrad = true;
  assert.equal(x.grad(), null);
  using loss = scope(() => sum(add(x, x)));
  callAll("aten::_backward", loss, [x], null, null, false);
  using gradient = x.grad();
  assert.deepEqual(gradient!.toArray(), [2, 2, 2]);
});

Deno.test("topK() and greater() give several results and booleans", () => {
  using x = Tensor.from([3, 1, 2]);
  const { values, indices } = topK(x, 2);
  using both = new DisposableStack();
  both.use(values);
  both.use(indices);
  assert.deepEqual([values.toArray(), indices.toArray()], [[3, 2], [0, 2]]);
  using more = greater(x, 1.5);
  assert.deepEqual([more.dtype, more.toArray()], ["bool", [1, 0, 1]]);
});

Deno.test("clone() lays elements out channels-last without changing them", () => {
  using x = Tensor.from(Float32Array.from({ length: 24 }, (_, i) => i), { shape: [1, 2, 3, 4] });
  using last = clone(x, "channels_last");
  assert.deepEqual(last.strides, [24, 1, 8, 2]);
  assert.deepEqual(last.toArray(), x.toArray());
});

Deno.test("mapFile() shows the bytes of a file without reading them", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, Uint8Array.from({ length: 12 }, (_, i) => i));
    using mapped = mapFile(path, [2, 2, 1, 3]);
    assert.deepEqual([mapped.dtype, mapped.shape], ["uint8", [2, 2, 1, 3]]);
    assert.deepEqual(mapped.toArray(), Array.from({ length: 12 }, (_, i) => i));
  } finally {
    await Deno.remove(path);
  }
});
