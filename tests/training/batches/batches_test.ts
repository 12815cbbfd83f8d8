import assert from "node:assert/strict";
import { EpochBatches, type EpochOptions } from "../../../src/training/batches/batches.ts";
import type { Triplets } from "../../../src/sets/triplets.ts";

const count = 1003;

/** Triplet i consists of images 3 i, 3 i + 1 and 3 i + 2, and belongs to notion i % 4. */
const triplets: Triplets = {
  notions: ["a", "b", "c", "d"],
  images: Uint32Array.from({ length: 3 * count }, (_, i) => i),
  notion: Uint8Array.from({ length: count }, (_, i) => i % 4),
  dropped: 0,
  perNotion: [],
};

function epochOf(options: Partial<EpochOptions> = {}): EpochBatches {
  return new EpochBatches(triplets, {
    batchSize: 100,
    seed: 1,
    epoch: 1,
    shuffle: true,
    flip: true,
    ...options,
  });
}

/** The order of an epoch's triplets. */
function orderOf(batches: EpochBatches): number[] {
  return Array.from({ length: batches.length }, (_, index) => {
    const { images, size } = batches.at(index);
    return Array.from(images.subarray(0, size), (anchor) => anchor / 3);
  }).flat();
}

/** All flips of an epoch by image. */
function flipsOf(batches: EpochBatches): Uint8Array {
  const flips = new Uint8Array(3 * count);
  for (let index = 0; index < batches.length; index++) {
    const batch = batches.at(index);
    batch.images.forEach((image, i) => flips[image] = batch.flips[i]);
  }
  return flips;
}

Deno.test("EpochBatches holds every triplet once, the rest in a last smaller batch", () => {
  const batches = epochOf();
  assert.equal(batches.length, 11);
  assert.equal(batches.at(9).size, 100);
  assert.equal(batches.at(10).size, 3);
  assert.equal(batches.at(10).images.length, 9);
  const order = orderOf(batches);
  assert.notDeepEqual(order, order.toSorted((a, b) => a - b));
  assert.deepEqual(order.toSorted((a, b) => a - b), Array.from({ length: count }, (_, i) => i));
});

Deno.test("EpochBatches.at() lays roles out one after the other, with the notion of each triplet", () => {
  const { index, size, images, notion } = epochOf().at(3);
  assert.equal(index, 3);
  for (let i = 0; i < size; i++) {
    const triplet = images[i] / 3;
    assert.equal(images[size + i], 3 * triplet + 1);
    assert.equal(images[2 * size + i], 3 * triplet + 2);
    assert.equal(notion[i], triplet % 4);
  }
});

Deno.test("EpochBatches.at() gives a batch again in any order of asking", () => {
  const straight = epochOf();
  const whole = Array.from({ length: straight.length }, (_, index) => straight.at(index));
  const later = epochOf();
  assert.deepEqual(later.at(7), whole[7]);
  assert.deepEqual(later.at(2), whole[2]);
});

Deno.test("EpochBatches has another order and other flips for each epoch and seed", () => {
  const first = epochOf();
  for (const other of [epochOf({ epoch: 2 }), epochOf({ seed: 2 })]) {
    assert.notDeepEqual(orderOf(other), orderOf(first));
    assert.notDeepEqual(flipsOf(other), flipsOf(first));
  }
});

Deno.test("EpochBatches keeps the order of the triplets without shuffle", () => {
  assert.deepEqual(
    orderOf(epochOf({ shuffle: false })),
    Array.from({ length: count }, (_, i) => i),
  );
});

Deno.test("EpochBatches flips half of the images, each independently, whatever the batch size", () => {
  const flips = flipsOf(epochOf());
  const mean = flips.reduce((sum, flip) => sum + flip, 0) / flips.length;
  // Four standard deviations of 3009 draws.
  assert.ok(Math.abs(mean - 0.5) < 0.037, `${mean} flipped`);
  // All eight combinations of the three roles occur equally often: 125 +- 4 standard deviations.
  const combinations = new Array(8).fill(0);
  for (let i = 0; i < count; i++) {
    combinations[flips[3 * i] + 2 * flips[3 * i + 1] + 4 * flips[3 * i + 2]]++;
  }
  for (const times of combinations) assert.ok(Math.abs(times - 125) < 42, `${times} of 1003`);
  assert.deepEqual(flipsOf(epochOf({ batchSize: 7 })), flips);
});

Deno.test("EpochBatches flips nothing where the set forbids it, in the same order", () => {
  const still = epochOf({ flip: false });
  assert.ok(flipsOf(still).every((flip) => flip === 0));
  assert.deepEqual(orderOf(still), orderOf(epochOf()));
});

Deno.test("EpochBatches.at() refuses a batch that is not there", () => {
  for (const index of [-1, 11, 0.5]) assert.throws(() => epochOf().at(index), RangeError);
});
