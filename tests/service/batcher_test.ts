import assert from "node:assert/strict";
import { Batcher } from "../../src/service/batcher.ts";
import { HandClock } from "../helpers/service_case.ts";

const never = new AbortController().signal;

/** A forward pass that ends when it is asked to; the embedding of an image is its own bytes. */
class HeldBatches {
  readonly begun: number[][] = [];
  readonly #ends: PromiseWithResolvers<void>[] = [];

  readonly embed = async (images: readonly Uint8Array[]): Promise<Float32Array[]> => {
    this.begun.push(images.map(([first]) => first));
    const end = Promise.withResolvers<void>();
    this.#ends.push(end);
    await end.promise;
    return images.map((pixels) => Float32Array.from(pixels));
  };

  /** The oldest ends, well or with a fault. */
  end(fault?: Error): void {
    const { resolve, reject } = this.#ends.shift()!;
    if (fault === undefined) resolve();
    else reject(fault);
  }
}

function heldBatcher(batch: number) {
  const held = new HeldBatches();
  const clock = new HandClock();
  return { held, clock, batcher: new Batcher(held.embed, { batch, collectMs: 3, clock }) };
}

const pixels = (value: number) => Uint8Array.of(value);

Deno.test("Batcher begins a batch when it is full or its first image has waited, one at a time", async () => {
  const { held, clock, batcher } = heldBatcher(2);
  const first = batcher.add(pixels(1), never);
  assert.deepEqual(held.begun, []);
  clock.pass(3);
  assert.deepEqual(held.begun, [[1]]);
  // The next ones are enough for a batch, but the first has not ended.
  const others = [2, 3, 4].map((value) => batcher.add(pixels(value), never));
  clock.pass(3);
  assert.deepEqual([held.begun, batcher.waiting], [[[1]], 3]);
  held.end();
  assert.deepEqual([...await first], [1]);
  await Promise.resolve();
  assert.deepEqual(held.begun, [[1], [2, 3]]);
  held.end();
  assert.deepEqual((await Promise.all(others.slice(0, 2))).map(([value]) => value), [2, 3]);
  held.end();
  assert.deepEqual([...await others[2]], [4]);
  const full = [5, 6].map((value) => batcher.add(pixels(value), never));
  await Promise.resolve();
  assert.deepEqual(held.begun.at(-1), [5, 6]);
  held.end();
  await Promise.all(full);
});

Deno.test("Batcher drops an image whose request goes away before its batch begins", async () => {
  const { held, clock, batcher } = heldBatcher(8);
  const gone = new AbortController();
  const dropped = batcher.add(pixels(1), gone.signal);
  const stays = batcher.add(pixels(2), never);
  gone.abort(new Error("gone"));
  await assert.rejects(dropped, /gone/);
  assert.equal(batcher.waiting, 1);
  clock.pass(3);
  assert.deepEqual(held.begun, [[2]]);
  held.end();
  await stays;
  await assert.rejects(batcher.add(pixels(3), gone.signal), /gone/);
});

Deno.test("Batcher goes on after a batch that failed", async () => {
  const { held, clock, batcher } = heldBatcher(8);
  const failed = batcher.add(pixels(1), never);
  clock.pass(3);
  const next = batcher.add(pixels(2), never);
  held.end(new Error("no memory"));
  await assert.rejects(failed, /no memory/);
  await Promise.resolve();
  held.end();
  assert.deepEqual([...await next], [2]);
});
