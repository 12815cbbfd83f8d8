import assert from "node:assert/strict";
import { liveTensors } from "../../src/native/library.ts";
import { add, multiply } from "../../src/tensor/operators.ts";
import { heldTensors, isGradEnabled, noGrad, scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

Deno.test("scope() frees all but what it returns, in arrays and objects too", () => {
  const before = liveTensors();
  const kept = scope(() => {
    const x = Tensor.from([1, 2]);
    const y = add(x, 1);
    multiply(y, y);
    return { list: [y], other: { z: add(y, 1) }, number: 3 };
  });
  assert.equal(liveTensors(), before + 2);
  assert.deepEqual(kept.other.z.toArray(), [3, 4]);
  kept.list[0].dispose();
  kept.other.z.dispose();
  assert.equal(liveTensors(), before);
});

Deno.test("scope() hands what it returns to the scope around it", () => {
  const before = liveTensors();
  scope(() => {
    const inner = scope(() => add(Tensor.from([1]), 1));
    assert.equal(inner.item(), 2);
    assert.equal(liveTensors(), before + 1);
  });
  assert.equal(liveTensors(), before);
});

Deno.test("scope() frees everything when its body throws", () => {
  const before = liveTensors();
  assert.throws(
    () =>
      scope(() => {
        Tensor.from([1]);
        throw new Error("stop");
      }),
    /stop/,
  );
  assert.equal(liveTensors(), before);
});

Deno.test("scope() whose body throws owns nothing that is made after it", () => {
  const before = liveTensors();
  scope(() => {
    assert.throws(() =>
      scope(() => {
        throw new Error("stop");
      }), /stop/);
    Tensor.from([1]);
  });
  assert.equal(liveTensors(), before);
});

Deno.test("scope() and noGrad() refuse asynchronous bodies, by type and when run", () => {
  const before = liveTensors();
  const body = () => {
    Tensor.from([1]);
    return Promise.resolve(1);
  };
  // @ts-expect-error: a promise is refused by the type
  assert.throws(() => scope(body), /asynchronous/);
  // @ts-expect-error: a promise is refused by the type
  assert.throws(() => noGrad(() => scope(body)), /asynchronous/);
  assert.equal(liveTensors(), before);
  assert.ok(isGradEnabled());
});

Deno.test("scope() of one flow does not free tensors of another across an await", async () => {
  const before = liveTensors();
  const flow = async (value: number) => {
    const x = Tensor.from([value]);
    await Promise.resolve();
    const y = scope(() => add(x, 1));
    await Promise.resolve();
    const result = y.item();
    x.dispose();
    y.dispose();
    return result;
  };
  assert.deepEqual(await Promise.all([flow(1), flow(2), flow(3)]), [2, 3, 4]);
  assert.equal(liveTensors(), before);
});

Deno.test("noGrad() leaves no graph and ends with its body, also when that throws", () => {
  using x = Tensor.from([1, 2]);
  x.requiresGrad = true;
  using cut = noGrad(() => add(x, 1));
  using recorded = add(x, 1);
  assert.deepEqual([cut.requiresGrad, recorded.requiresGrad], [false, true]);
  assert.throws(() =>
    noGrad(() => {
      throw new Error("stop");
    })
  );
  assert.ok(isGradEnabled());
});

/** A result of each kind that holds two tensors, and how to find them in it. */
const results: [string, (a: Tensor, b: Tensor) => object][] = [
  ["a Map, keys too", (a, b) => new Map<unknown, unknown>([["a", a], [b, "b"]])],
  ["a Set", (a, b) => new Set([a, b])],
  ["a class instance", (a, b) => new Pair(a, b)],
  ["an instance with private fields that lists them", (a, b) => new Hidden(a, b)],
  ["an object without a prototype", (a, b) => Object.assign(Object.create(null), { a, b })],
  [
    "symbols and hidden fields",
    (a, b) => Object.defineProperty({ [Symbol("a")]: a }, "b", { value: b, enumerable: false }),
  ],
  ["a function with fields", (a, b) => Object.assign(() => 1, { a, b })],
  ["an array with itself in it", (a, b) => {
    const list: unknown[] = [a, b];
    list.push(list);
    return list;
  }],
  ["objects in a circle", (a, b) => {
    const [x, y]: Record<string, unknown>[] = [{ a }, { b }];
    x.next = y;
    y.next = new Map([[x, new Set([y])]]);
    return x;
  }],
  ["a list of 200,000 links", (a, b) => {
    let list: object = [a, b];
    for (let i = 0; i < 200_000; i++) list = { list };
    return list;
  }],
];

class Pair {
  constructor(readonly a: Tensor, readonly b: Tensor) {}
}

class Hidden {
  readonly #both: Tensor[];

  constructor(a: Tensor, b: Tensor) {
    this.#both = [a, b];
  }

  [heldTensors](): Tensor[] {
    return this.#both;
  }
}

for (const [what, hold] of results) {
  Deno.test(`scope() keeps the tensors in ${what}, and hands them on from scope to scope`, () => {
    const before = liveTensors();
    let [a, b]: Tensor[] = [];
    const make = () => {
      [a, b] = [Tensor.from([1]), Tensor.from([2])];
      add(a, b);
      return hold(a, b);
    };
    scope(make);
    assert.deepEqual([a.item(), b.item()], [1, 2]);
    assert.equal(liveTensors(), before + 2);
    a.dispose();
    b.dispose();
    scope(() => {
      scope(make);
      assert.equal(liveTensors(), before + 2);
      return a;
    });
    assert.deepEqual([a.isDisposed, b.isDisposed], [false, true]);
    a.dispose();
    assert.equal(liveTensors(), before);
  });
}

Deno.test("scope() calls no getter of its result", () => {
  const before = liveTensors();
  let calls = 0;
  const result = scope(() => {
    Tensor.from([1]);
    return {
      get tensor() {
        calls++;
        return Tensor.from([2]);
      },
      get then() {
        return calls++;
      },
    };
  });
  assert.equal(calls, 0);
  assert.equal(liveTensors(), before);
  assert.ok(typeof result === "object");
});

Deno.test("scope() keeps tensors that were made outside, wherever its result holds them", () => {
  using x = Tensor.from([1]);
  scope(() => new Map([[1, x]]));
  scope(() => {
    add(x, 1);
    return 1;
  });
  assert.equal(x.item(), 1);
});

Deno.test("noGrad() in another leaves the other's as it was, also when its body throws", () => {
  noGrad(() => {
    noGrad(() => {});
    assert.equal(isGradEnabled(), false);
    assert.throws(() =>
      noGrad(() => {
        throw new Error("stop");
      }), /stop/);
    assert.equal(isGradEnabled(), false);
  });
  assert.equal(isGradEnabled(), true);
});
