/** Handles of tensors: slots of the shim's table, used again and again, each time under another number. */
import assert from "node:assert/strict";
import { liveTensors, native } from "../../src/native/library.ts";
import { call } from "../../src/tensor/call.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

/** Frees the handle itself, as the shim sees it; its message when it refuses. */
function free(handle: number): string {
  const errors = new Uint8Array(256);
  if (native().csn_free(handle, errors, errors.length) === 0) return "freed";
  return new TextDecoder().decode(errors.subarray(0, errors.indexOf(0)));
}

/** Makes and frees `count` tensors; returns their handles. */
function used(count: number): number[] {
  return Array.from({ length: count }, () => {
    using tensor = Tensor.from([1]);
    return tensor.handle;
  });
}

const slots = 2 ** 22;
const slotOf = (handle: number) => handle % slots;
const generationOf = (handle: number) => Math.floor(handle / slots);

Deno.test("Tensor handles go on after 16,383 uses of each slot, under numbers that were never given", () => {
  const before = liveTensors();
  const [stale] = used(1);
  // As after some four thousand million tensors; every slot that is free is as old.
  native().csn_age_free_slots(16_383);
  const handles = used(100_000);
  assert.equal(new Set(handles).size, handles.length);
  assert.ok(handles.every(Number.isSafeInteger));
  assert.ok(handles.every((handle) => generationOf(handle) >= 16_383));
  // The same slots serve, so that nothing grows.
  assert.ok(new Set(handles.map(slotOf)).size < 10_000);
  for (const handle of [stale, handles[0], handles.at(-1)!]) {
    assert.match(free(handle), /freed already/);
  }
  assert.equal(liveTensors(), before);
});

Deno.test("Tensor slots that were used 2^31 times are retired: none of their handles comes back", () => {
  const last = native().csn_age_free_slots(0);
  assert.equal(last, 2 ** 31 - 1);
  const before = liveTensors();
  const slotsSeen = new Set<number>();
  const handlesSeen = new Set<number>();
  for (let round = 0; round < 20; round++) {
    native().csn_age_free_slots(last);
    using one = Tensor.from([round]);
    assert.equal(one.item(), round);
    assert.ok(Number.isSafeInteger(one.handle));
    for (const handle of [...used(50), one.handle]) {
      assert.ok(!handlesSeen.has(handle));
      handlesSeen.add(handle);
      slotsSeen.add(slotOf(handle));
    }
  }
  // Others took their place, and use after free is refused whatever a slot's age.
  assert.ok(slotsSeen.size > 20);
  for (const handle of handlesSeen) assert.match(free(handle), /freed already/);
  assert.equal(liveTensors(), before);
});

Deno.test("The shim refuses numbers that are no handles", () => {
  assert.match(free(0), /undefined/);
  for (const handle of [-1, 0.5, 1.5, NaN, Infinity, -Infinity, 2 ** 53, 2 ** 64, 1e300, slots]) {
    assert.match(free(handle), /freed already/, String(handle));
  }
});

Deno.test("Tensor handles of more than 262,144 tensors at once work", () => {
  const before = liveTensors();
  {
    using many = new DisposableStack();
    let last = many.use(Tensor.from([0]));
    for (let i = 1; i <= 270_000; i++) last = many.use(Tensor.from([i]));
    using next = call("aten::add.Scalar", last, 1);
    assert.equal(next.item(), 270_001);
  }
  assert.equal(liveTensors(), before);
});
