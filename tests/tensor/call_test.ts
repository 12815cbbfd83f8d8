import assert from "node:assert/strict";
import { enqueue, liveTensors, native } from "../../src/native/library.ts";
import { type Argument, call, callAll, callAllAsync, callAsync } from "../../src/tensor/call.ts";
import { transpose } from "../../src/tensor/operators.ts";
import { noGrad } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

Deno.test("call() names an operator that libtorch does not have", () => {
  assert.throws(
    () => call("aten::no_such_thing"),
    /libtorch has no operator "aten::no_such_thing"/,
  );
});

Deno.test("call() names the operator and the shapes when they do not fit", () => {
  using a = Tensor.from([1, 2, 3, 4, 5, 6], { shape: [2, 3] });
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
  using a = Tensor.from([1, 2], { shape: [2], dtype: "int64" });
  assert.throws(() => call("aten::mean", a), /aten::mean\(int64\[2\]\): .*dtype/);
});

Deno.test("call() refuses missing and superfluous arguments", () => {
  using a = Tensor.from([1]);
  assert.throws(() => call("aten::add.Tensor", a), /argument "other": it has no default/);
  assert.throws(() => call("aten::relu", a, 1, 2), /too many arguments: it takes 1/);
});

Deno.test("call() of an operator with several results says to use callAll", () => {
  using a = Tensor.from([1, 2], { shape: [1, 2] });
  const before = liveTensors();
  assert.throws(() => call("aten::max.dim", a, 1), /gives 2 results/);
  assert.equal(liveTensors(), before);
});

Deno.test("callAsync() computes on the executor what call() computes", async () => {
  using a = Tensor.from([1, -2]);
  using result = await callAsync("aten::relu", a);
  assert.deepEqual(result.toArray(), [1, 0]);
  await assert.rejects(
    callAsync("aten::mm", a, a),
    /aten::mm\(float32\[2\], float32\[2\]\)/,
  );
});

Deno.test("callAsync() takes grad mode where it is called, not from another flow", async () => {
  using a = Tensor.from([1, 2]);
  a.requiresGrad = true;
  const flags = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const call = () => callAsync("aten::mul.Scalar", a, 2);
      using result = await (i % 3 === 0 ? call() : quietly(call));
      return result.requiresGrad;
    }),
  );
  assert.deepEqual(flags, Array.from({ length: 40 }, (_, i) => i % 3 === 0));
});

/** Calls without recording; the promise is awaited outside. */
function quietly<Result>(work: () => Promise<Result>): Promise<Result> {
  let promise: Promise<Result> | undefined;
  noGrad(() => {
    promise = work();
  });
  return promise!;
}

Deno.test("enqueue() begins a native call when the one before has ended, in the order of asking", async () => {
  using a = Tensor.from([0]);
  const begun: string[] = [];
  // Real calls, each of which reads the tensor on the executor.
  const read = (name: string) =>
    enqueue(
      async (err, cap) => {
        begun.push(`${name} begins`);
        const status = await native().csn_read_async(a.handle, new Uint8Array(4), 4, err, cap);
        begun.push(`${name} ends`);
        return status;
      },
      (status) => status !== 0,
      [a],
    );
  const names = ["first", "second", "third"];
  const calls = names.map(read);
  // Not even the first begins before whoever asked has gone on; the last, asked for meanwhile, waits for all.
  const fourth = callAsync("aten::add_.Scalar", a, 1);
  assert.deepEqual(begun, []);
  await Promise.all(calls);
  assert.deepEqual(begun, names.flatMap((name) => [`${name} begins`, `${name} ends`]));
  using _ = await fourth;
});

Deno.test("callAllAsync() keeps the order of calls in flight, behind one that is held up", async () => {
  using a = Tensor.from([0]);
  const gate = Promise.withResolvers<void>();
  const held = enqueue(() => gate.promise, () => false, []);
  const calls = Array.from({ length: 30 }, (_, i) => {
    // (x + 1) * 2 applied alternately only gives this number in this order.
    const op = i % 2 === 0 ? "aten::add_.Scalar" : "aten::mul_.Scalar";
    return callAsync(op, a, i % 2 === 0 ? 1 : 2);
  });
  // None may overtake: reads that do not queue see what the executor has done so far.
  const [bytes, errors] = [new Uint8Array(4), new Uint8Array(256)];
  for (let i = 0; i < 50; i++) {
    assert.equal(await native().csn_read_async(a.handle, bytes, 4, errors, errors.length), 0);
    assert.deepEqual([...bytes], [0, 0, 0, 0]);
  }
  gate.resolve();
  await held;
  for (const result of await Promise.all(calls)) result.dispose();
  let expected = 0;
  for (let i = 0; i < 15; i++) expected = (expected + 1) * 2;
  assert.equal(a.item(), expected);
});

Deno.test("callAsync() goes on after a call that failed", async () => {
  using a = Tensor.from([1]);
  const failing = callAsync("aten::mm", a, a);
  const next = callAsync("aten::relu", a);
  await assert.rejects(failing, /aten::mm/);
  using result = await next;
  assert.deepEqual(result.toArray(), [1]);
});

/** How often a tensor was written, as libtorch counts. */
function version(tensor: Tensor): number {
  using found = call("aten::_version", tensor);
  return found.item();
}

/** Operators that write, the arguments after those that are given in each, and how often they write. */
const writing: [string, (tensors: Tensor[]) => Argument[], number][] = [
  ["aten::add_.Scalar", ([a]) => [a, 1], 1],
  ["aten::zero_", ([a]) => [a], 1],
  ["aten::copy_", ([a, b]) => [a, b], 1],
  ["aten::add.out", ([a, b]) => [b, b, 1, a], 1],
  ["aten::cat.out", ([a, b]) => [[b], 0, a], 1],
  ["aten::_foreach_add_.Scalar", ([a]) => [[a], 1], 1],
  ["aten::_foreach_mul.Scalar_out", ([a, b]) => [[b], 2, [a]], 1],
  ["aten::_foreach_zero_", ([a]) => [[a]], 1],
  [
    "aten::_fused_adam_",
    ([a, b, c, d, step]) => [
      ...[[a], [b], [c], [d], [], [step]],
      ...[{ float: 0.1 }, 0.9, 0.999, { float: 0 }, 1e-8, false, false],
    ],
    1,
  ],
  [
    "aten::_fused_sgd_",
    ([a, b, c]) => [
      ...[[a], [b], [c], { float: 0 }, { float: 0.9 }, { float: 0.1 }, { float: 0 }],
      ...[false, false, true],
    ],
    1,
  ],
  ["aten::relu", ([a]) => [a], 0],
  ["aten::_foreach_add.Scalar", ([a]) => [[a], 1], 0],
];

for (const [name, args, times] of writing) {
  Deno.test(`callAll() raises the version of what ${name} writes ${times} times`, async () => {
    using made = new DisposableStack();
    const tensors = Array.from({ length: 4 }, (_, i) => made.use(Tensor.from([i + 1, 2, 3])));
    tensors.push(made.use(Tensor.from([1], { shape: [] })));
    const before = version(tensors[0]);
    for (const result of callAll(name, ...args(tensors))) result?.dispose();
    assert.equal(version(tensors[0]), before + times);
    for (const result of await callAllAsync(name, ...args(tensors))) {
      result?.dispose();
    }
    assert.equal(version(tensors[0]), before + 2 * times);
  });
}

Deno.test("callAll() of an operator that writes leaves the graph of its result sound", () => {
  using x = Tensor.from([1, -2]);
  x.requiresGrad = true;
  using made = new DisposableStack();
  // relu_ keeps its result for the backward pass: a version too many would make that fail.
  const y = made.use(call("aten::mul.Scalar", x, 3));
  made.use(call("aten::relu_", y));
  const loss = made.use(call("aten::sum", y));
  callAll("aten::_backward", loss, [x], null, null, false);
  assert.deepEqual(made.use(x.grad()!).toArray(), [3, 0]);
});

Deno.test("Tensor.shape follows operators that change it in place, whichever tensor they are called on", async () => {
  using x = Tensor.from([1, 2, 3, 4, 5, 6], { shape: [2, 3] });
  assert.deepEqual([x.shape, x.strides], [[2, 3], [3, 1]]);
  using y = call("aten::t_", x);
  assert.deepEqual([x.shape, x.strides, x.toArray()], [[3, 2], [1, 3], [1, 4, 2, 5, 3, 6]]);
  using z = await callAsync("aten::unsqueeze_", y, 0);
  assert.deepEqual([x.shape, y.shape, z.shape], [[1, 3, 2], [1, 3, 2], [1, 3, 2]]);
  using out = Tensor.from([], { shape: [0] });
  assert.deepEqual(out.shape, [0]);
  callAll("aten::cat.out", [z, z], 0, out)[0]?.dispose();
  assert.deepEqual([out.shape, out.size], [[2, 3, 2], 12]);
});

Deno.test("Tensor.data() reads what is negated or zero by a mark alone", () => {
  using x = Tensor.from([1, -2]);
  using negated = call("aten::_neg_view", x);
  assert.deepEqual(negated.toArray(), [-1, 2]);
  using turned = transpose(negated);
  assert.deepEqual(turned.toArray(), [-1, 2]);
  using zero = call("aten::_efficientzerotensor", [3], "float32");
  assert.deepEqual(zero.toArray(), [0, 0, 0]);
});

const unfit: [string, unknown, RegExp][] = [
  ["a bigint beyond 64 bits", 2n ** 63n, /argument 2: it is 9223372036854775808, which 64 bits/],
  ["a list with such a bigint", [1n, -(2n ** 63n) - 1n], /argument 2: it is -9223372036854775809/],
  ["a list of texts", ["a"], /argument 2: it is a list of a string; a list holds/],
  ["a nested list", [[1]], /it is a list of an object/],
  ["a list with a hole", [1, , 2], /it is a list of a number, undefined/],
  ["booleans among numbers", [true, 2], /it is a list of a boolean, a number/],
  ["numbers among tensors", [null, 2], /it is a list of null, a number/],
  ["an object", new Map(), /argument 2: it is an object; pass a tensor/],
  ["a function", () => 1, /argument 2: it is a function/],
];

for (const [what, argument, message] of unfit) {
  Deno.test(`call() refuses ${what} and does not convert it silently`, () => {
    using a = Tensor.from([1, 2]);
    const sum = () => call("aten::sum.dim_IntList", a, argument as Argument);
    assert.throws(sum, (error: Error) => error.name === "CsnError" && message.test(error.message));
  });
}

Deno.test("call() takes bigints in lists and refuses nothing among tensors", () => {
  using a = Tensor.from([[1, 2], [3, 4]]);
  using sum = call("aten::sum.dim_IntList", a, [1n]);
  assert.deepEqual(sum.toArray(), [3, 7]);
  assert.throws(() => call("aten::cat", [a, null]), /"tensors": .*found nothing among its tensors/);
  assert.throws(() => call("aten::relu\0x", a), /it holds a zero character/);
});
