import assert from "node:assert/strict";
import { liveTensors } from "../../src/native/library.ts";
import { call, callAllAsync, callAsync } from "../../src/tensor/call.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

Deno.test("call() names an operator that libtorch does not have", () => {
  assert.throws(
    () => call("aten::no_such_thing"),
    /libtorch has no operator "aten::no_such_thing"/,
  );
});

Deno.test("call() names the operator and the shapes when they do not fit", () => {
  using a = Tensor.from([1, 2, 3, 4, 5, 6], [2, 3]);
  assert.throws(
    () => call("aten::mm", a, a),
    /aten::mm\(float32\[2, 3\], float32\[2, 3\]\): .*2x3 and 2x3/,
  );
});

Deno.test("call() names the argument that has the wrong type", () => {
  using a = Tensor.from([1]);
  assert.throws(
    () => call("aten::add.Tensor", a, "x"),
    /argument "other": it must be Tensor, found a text "x"/,
  );
  assert.throws(() => call("aten::sum.dim_IntList", a, [0.5]), /argument "dim": .*list of numbers/);
  assert.throws(
    () => call("aten::to.dtype", a, "float31"),
    /argument "dtype": "float31" is no dtype/,
  );
  assert.throws(() => call("aten::zeros", [1], "float32", undefined, "gpu"), /argument "device"/);
});

Deno.test("call() refuses a wrong dtype with libtorch's reason", () => {
  using a = Tensor.from([1, 2], [2], "int64");
  assert.throws(() => call("aten::mean", a), /aten::mean\(int64\[2\]\): .*dtype/);
});

Deno.test("call() refuses missing and superfluous arguments", () => {
  using a = Tensor.from([1]);
  assert.throws(() => call("aten::add.Tensor", a), /argument "other": it has no default/);
  assert.throws(() => call("aten::relu", a, 1, 2), /too many arguments: it takes 1/);
});

Deno.test("call() of an operator with several results says to use callAll", () => {
  using a = Tensor.from([1, 2], [1, 2]);
  const before = liveTensors();
  assert.throws(() => call("aten::max.dim", a, 1), /gives 2 results/);
  assert.equal(liveTensors(), before);
});

Deno.test("callAsync() computes on the executor what call() computes", async () => {
  using a = Tensor.from([1, -2]);
  using result = await callAsync("aten::relu", { grad: false }, a);
  assert.deepEqual(result.toArray(), [1, 0]);
  await assert.rejects(
    callAsync("aten::mm", { grad: false }, a, a),
    /aten::mm\(float32\[2\], float32\[2\]\)/,
  );
});

Deno.test("callAsync() takes grad mode from its options, not from another flow", async () => {
  using a = Tensor.from([1, 2]);
  a.requiresGrad = true;
  const flags = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      using result = await callAsync("aten::mul.Scalar", { grad: i % 3 === 0 }, a, 2);
      return result.requiresGrad;
    }),
  );
  assert.deepEqual(flags, Array.from({ length: 40 }, (_, i) => i % 3 === 0));
});

Deno.test("callAllAsync() keeps the order of calls in flight", async () => {
  using a = Tensor.from([0]);
  await Promise.all(
    Array.from({ length: 30 }, async (_, i) => {
      // (x + 1) * 2 applied alternately only gives this number in this order.
      const op = i % 2 === 0 ? "aten::add_.Scalar" : "aten::mul_.Scalar";
      for (const tensor of await callAllAsync(op, { grad: false }, a, i % 2 === 0 ? 1 : 2)) {
        tensor?.dispose();
      }
    }),
  );
  let expected = 0;
  for (let i = 0; i < 15; i++) expected = (expected + 1) * 2;
  assert.equal(a.item(), expected);
});
