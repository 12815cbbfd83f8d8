/** What `Tensor.from()` makes of numbers: the value that was meant, or an error. Against a loop of a few lines. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type DType, dtypes } from "../../src/tensor/dtype.ts";
import type { OtherArray, TensorElements } from "../../src/tensor/elements.ts";
import { toDType } from "../../src/tensor/operators.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

type Value = number | bigint | boolean;

const bits: Partial<Record<DType, [least: bigint, most: bigint]>> = {
  uint8: [0n, 255n],
  int8: [-128n, 127n],
  int16: [-(2n ** 15n), 2n ** 15n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** The element that is right for `value`; undefined where there is none. */
function naive(value: Value, dtype: DType): number | bigint | undefined {
  if (dtype === "bool") return value == 0 ? 0 : value == 1 ? 1 : undefined;
  const range = bits[dtype];
  if (range === undefined) return naiveFloat(value, dtype);
  if (typeof value === "number" && !Number.isInteger(value)) return undefined;
  const whole = BigInt(value);
  if (whole < range[0] || whole > range[1]) return undefined;
  if (dtype !== "int64") return Number(whole);
  return typeof value === "number" && Math.abs(value) > 2 ** 53 ? undefined : whole;
}

function naiveFloat(value: Value, dtype: DType): number | undefined {
  const view = new DataView(new ArrayBuffer(8));
  const number = Number(value);
  if (dtype === "float64") view.setFloat64(0, number);
  if (dtype === "float32" || dtype === "bfloat16") view.setFloat32(0, number);
  if (dtype === "float16") view.setFloat16(0, number);
  const rounded = dtype === "float64"
    ? view.getFloat64(0)
    : dtype === "float16"
    ? view.getFloat16(0)
    : dtype === "float32"
    ? view.getFloat32(0)
    : nearestBfloat16(view.getFloat32(0));
  const wasFinite = typeof value === "number" ? Number.isFinite(value) : true;
  return wasFinite && !Number.isFinite(rounded) ? undefined : rounded;
}

/** The nearer of the two neighbours, which share the upper 16 bits of float32; of equal ones the even. */
function nearestBfloat16(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const below = view.getUint16(0);
  const at = (upper: number) => {
    view.setUint32(0, 0);
    view.setUint16(0, upper);
    return view.getFloat32(0);
  };
  const above = at(below + 1);
  // The step above the greatest number is as wide as the one below it.
  const next = Number.isFinite(above) ? above : 2 * at(below) - at(below - 1);
  const [down, up] = [Math.abs(value - at(below)), Math.abs(next - value)];
  if (down < up || (down === up && below % 2 === 0)) return at(below);
  return above;
}

const edges = [0, 127, 128, 255, 256, 65504, 65520, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 3.4e38];
const values: fc.Arbitrary<Value> = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(0, 1),
  fc.boolean(),
  fc.double(),
  fc.float(),
  fc.constantFrom(...edges.flatMap((edge) => [edge, -edge, edge - 1, edge + 1])),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
  fc.bigInt({ min: -300n, max: 300n }),
);

/** Asserts that the elements are `expected` or, where one of these is undefined, that it is named. */
function compare(
  data: Parameters<typeof Tensor.from>[0],
  dtype: DType,
  expected: (number | bigint | undefined)[],
): void {
  const unfit = expected.indexOf(undefined);
  if (unfit === -1) {
    using tensor = Tensor.from(data, { dtype });
    assert.equal(tensor.dtype, dtype);
    assert.deepEqual(dtype === "int64" ? [...tensor.data()] : tensor.toArray(), expected);
  } else {
    assert.throws(() => Tensor.from(data, { dtype }), (error: Error) => {
      assert.equal(error.name, "CsnError");
      assert.match(error.message, new RegExp(`tensor of ${dtype}: element ${unfit} is `));
      return true;
    });
  }
}

for (const dtype of dtypes) {
  Deno.test(`Tensor.from() makes ${dtype} of numbers, bigints and booleans by value, or names the first that does not fit`, () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 6 }), (list) => {
        compare(list, dtype, list.map((value) => naive(value, dtype)));
      }),
      { numRuns: 500 },
    );
  });
}

const arrays: [string, (values: number[]) => Parameters<typeof Tensor.from>[0]][] = [
  ["Uint8Array", (list) => Uint8Array.from(list)],
  ["Uint8ClampedArray", (list) => Uint8ClampedArray.from(list)],
  ["Int8Array", (list) => Int8Array.from(list)],
  ["Int16Array", (list) => Int16Array.from(list)],
  ["Int32Array", (list) => Int32Array.from(list)],
  ["Uint32Array", (list) => Uint32Array.from(list)],
  ["BigInt64Array", (list) => BigInt64Array.from(list, (each) => BigInt(Math.trunc(each)))],
  ["BigUint64Array", (list) => BigUint64Array.from(list, (each) => BigInt(Math.trunc(each)))],
  ["Float16Array", (list) => Float16Array.from(list)],
  ["Float32Array", (list) => Float32Array.from(list)],
  ["Float64Array", (list) => Float64Array.from(list)],
];

for (const [kind, make] of arrays) {
  Deno.test(`Tensor.from() makes each dtype of a ${kind} by value, not of its bytes`, () => {
    const list = fc.array(
      fc.oneof(
        fc.integer({ min: 0, max: 1 }),
        fc.integer(),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(list, fc.constantFrom(...dtypes), (numbers, dtype) => {
        const array = make(numbers);
        const found = Array.from(array as ArrayLike<Value>);
        compare(array, dtype, found.map((value) => naive(value, dtype)));
      }),
      { numRuns: 300 },
    );
  });
}

Deno.test("Tensor.from() refuses what an array of another kind would have become", () => {
  using same = Tensor.from(Float32Array.of(1, 2), { dtype: "int32" });
  assert.deepEqual(same.toArray(), [1, 2]);
  const cases: [() => Tensor, string][] = [
    [
      () => Tensor.from([2], { dtype: "bool" }),
      "Cannot make a tensor of bool: element 0 is 2; bool holds 0, 1, true and false",
    ],
    [
      () => Tensor.from(Uint8Array.of(1, 2), { dtype: "bool" }),
      "Cannot make a tensor of bool: element 1 is 2; bool holds 0, 1, true and false",
    ],
    [
      () => Tensor.from([300], { dtype: "uint8" }),
      "Cannot make a tensor of uint8: element 0 is 300; uint8 holds whole numbers from 0 to 255",
    ],
    [
      () => Tensor.from([1, 1.5], { dtype: "int64" }),
      "Cannot make a tensor of int64: element 1 is 1.5; int64 holds whole numbers from -2^63 to " +
      "2^63 - 1, beyond 2^53 only as bigints",
    ],
    [
      () => Tensor.from([1e39]),
      "Cannot make a tensor of float32: element 0 is 1e+39; float32 holds numbers up to 3.40e38; use float64",
    ],
    [
      () => Tensor.from(Uint16Array.of(1), { dtype: "int32" }),
      "Cannot make a tensor of int32: a Uint16Array stands for bfloat16's bits; pass an array of " +
      "numbers, or make a bfloat16 tensor and convert that (toDType)",
    ],
    [
      () => Tensor.from(Uint32Array.of(1)),
      'Cannot make a tensor: libtorch has no dtype for a Uint32Array; pass the one to convert to, such as "int64"',
    ],
    [
      () => Tensor.from([1], { dtype: "float31" as DType }),
      `Cannot make a tensor: "float31" is no dtype; use one of ${dtypes.join(", ")}`,
    ],
  ];
  for (const [make, message] of cases) {
    assert.throws(make, (error: Error) => {
      assert.deepEqual([error.name, error.message], ["CsnError", message]);
      return true;
    });
  }
});

Deno.test("Tensor.from() refuses elements that are no numbers", () => {
  for (const element of ["1", null, undefined, {}, () => 1, Symbol("x"), new Float32Array(1)]) {
    assert.throws(
      () => Tensor.from([1, element as number]),
      /element 1 is .*; elements are numbers/,
    );
  }
  // deno-lint-ignore no-sparse-arrays
  assert.throws(() => Tensor.from([1, , 2] as number[]), /element 1 is undefined/);
  for (const data of ["12", 12, null, { length: 1 }, new DataView(new ArrayBuffer(8))]) {
    assert.throws(
      () => Tensor.from(data as unknown as number[]),
      /its elements are .*; pass an array/,
    );
  }
});

Deno.test("Tensor.from() takes float32, int64 or bool of an array without a dtype", () => {
  const dtypeOf = (data: TensorElements | OtherArray) => {
    using tensor = Tensor.from(data);
    return tensor.dtype;
  };
  const kinds: (TensorElements | OtherArray)[] = [[1, 2], [1n, 2n], [true], [true, 2], [1n, 2], []];
  assert.deepEqual(
    kinds.map(dtypeOf),
    ["float32", "int64", "bool", "float32", "float32", "float32"],
  );
  assert.equal(dtypeOf(Uint8ClampedArray.of(1)), "uint8");
});

Deno.test("Tensor.from() takes the shape of nested arrays", () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(shapes, (shape) => {
    let next = 0;
    const nest = (depth: number): TensorElements =>
      Array.from(
        { length: shape[depth] },
        () => depth + 1 < shape.length ? nest(depth + 1) : next++,
      );
    using tensor = Tensor.from(nest(0));
    assert.deepEqual(tensor.shape, shape);
    assert.deepEqual(tensor.toArray(), Array.from({ length: next }, (_, i) => i));
  }));
  using none = Tensor.from([[], []]);
  assert.deepEqual(none.shape, [2, 0]);
  using bytes = Tensor.from([[1, 2], [3, 4]], { shape: [2, 2], dtype: "uint8" });
  assert.deepEqual(bytes.toArray(), [1, 2, 3, 4]);
});

Deno.test("Tensor.from() refuses arrays that are ragged, mixed, endless or nested otherwise than the shape", () => {
  const circle: unknown[] = [1];
  circle[0] = [circle, circle];
  const cases: [unknown, RegExp, number[]?][] = [
    [[[1, 2], [3]], /at depth 2, the first has 2 elements, another 1; they should have one length/],
    [[[1], 2], /its arrays at depth 1 mix arrays and single elements/],
    [[1, [2]], /at depth 1 mix/],
    [[[1], [[2]]], /at depth 2 mix/],
    [circle, /nested deeper than 64 times/],
    [[[1, 2, 3]], /of shape \[3, 1\]: the arrays are nested as \[1, 3\]; leave the shape out/, [
      3,
      1,
    ]],
  ];
  for (const [data, message, shape] of cases) {
    assert.throws(
      () => Tensor.from(data as TensorElements, { shape }),
      (error: Error) => error.name === "CsnError" && message.test(error.message),
    );
  }
});

Deno.test("Tensor.from() refuses sizes that are none, before anything is allocated", () => {
  for (const shape of [[1.5], [-1, -1], [NaN], [2 ** 60], new Array(65).fill(1)]) {
    assert.throws(
      () => Tensor.from([1], { shape }),
      /of shape \[.*\]: it should be at most 64 sizes/,
    );
  }
  // Petabytes, which were asked for before the elements were counted.
  assert.throws(
    () => Tensor.from([1, 2], { shape: [2 ** 50] }),
    /cannot make float32\[1125899906842624\]: it needs 4503599627370496 bytes, the buffer has 8/,
  );
  assert.throws(() => Tensor.from([1], { shape: [2 ** 50, 2 ** 50] }), /the buffer has 4/);
  using none = Tensor.from([], { shape: [2 ** 40, 0] });
  assert.deepEqual(none.shape, [2 ** 40, 0]);
});

Deno.test("Tensor.from() of a bfloat16 tensor's data gives the same tensor", () => {
  using x = Tensor.from([1.5, -2, 3e38], { shape: [3], dtype: "bfloat16" });
  using again = Tensor.from(x.data());
  assert.deepEqual([again.dtype, again.toArray()], ["bfloat16", x.toArray()]);
  using wide = toDType(again, "float32");
  assert.deepEqual(wide.toArray(), x.toArray());
});
