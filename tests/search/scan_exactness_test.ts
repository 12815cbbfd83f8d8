/** `scan()` of what float32 alone would order wrongly. */
import assert from "node:assert/strict";
import { agrees, dimension, mask, numbers, other, signed, weights } from "../helpers/naive_scan.ts";

Deno.test("scan() orders equal rows by position, whatever thread found them", async () => {
  const equal = new Float32Array(20_000 * 16);
  for (let row = 0; row < 20_000; row++) equal[row * 16] = row % 5;
  const ones = new Float64Array(16).fill(1);
  for (const count of [1, 40]) {
    await agrees(equal, 16, new Float32Array(16 * count), { weights: ones }, { k: 7 });
    await agrees(equal, 16, new Float32Array(16 * count), { weights: ones }, { k: 6000 });
  }
});

Deno.test("scan() orders near duplicates exactly, far from the origin too", async () => {
  const base = numbers(dimension, 9).map((value) => 100 + value);
  const near = numbers(3000 * dimension, 10).map((value, i) =>
    base[i % dimension] * (1 + 1e-6 * value)
  );
  for (const count of [1, 30]) {
    const some = Float32Array.from({ length: count * dimension }, (_, i) => base[i % dimension]);
    await agrees(near, dimension, some, { weights }, { k: 50 });
    await agrees(near, dimension, some, { mask }, { k: 50 });
    await agrees(near, dimension, some, { weights: signed }, { k: 50 });
    const terms = [{ mask, weight: 1 }, { mask: other, weight: -0.9 }];
    await agrees(near, dimension, some, { terms }, { k: 50 });
  }
});

Deno.test("scan() orders exactly what is equally far but for the last bits", async () => {
  // On a sphere around the query; of many dimensions, so that the roundings of a sum differ much.
  const wide = 500;
  const around = numbers(2000 * wide, 11);
  for (let row = 0; row < 2000; row++) {
    const own = around.subarray(row * wide, (row + 1) * wide);
    const length = Math.hypot(...own) / Math.sqrt(1.9);
    own.forEach((value, d) => own[d] = value / length);
  }
  const ones = new Float64Array(wide).fill(1);
  const both = ones.map((_, d) => d % 2 === 0 ? 1 : -1);
  for (const count of [1, 15]) {
    const some = new Float32Array(count * wide);
    await agrees(around, wide, some, { weights: ones }, { k: 50 });
    await agrees(around, wide, some, { mask: Float32Array.from(ones) }, { k: 50 });
    await agrees(around, wide, some, { weights: both }, { k: 50 });
  }
});

Deno.test("scan() puts what is not a number last, and what is infinitely far before it", async () => {
  const broken = numbers(100 * 17);
  broken[3 * 17] = NaN;
  broken[40 * 17 + 2] = Infinity;
  const ones = new Float64Array(17).fill(1);
  for (const count of [2, 20]) {
    await agrees(broken, 17, numbers(count * 17, 2), { weights: ones }, { k: 200 });
    await agrees(broken, 17, numbers(count * 17, 2), { weights: ones }, { k: 5 });
  }
});

Deno.test("scan() compares numbers whose squares float32 does not hold", async () => {
  for (const scale of [1e-30, 1e-25, 1e19, 1e30]) {
    const odd = numbers(300 * 33).map((value) => value * scale);
    for (const count of [1, 20]) {
      const some = numbers(count * 33, 2).map((value) => value * scale);
      for (const weight of [1, -1, 1e-40, 1e30]) {
        await agrees(odd, 33, some, { weights: new Float64Array(33).fill(weight) });
      }
    }
  }
});

/** One step of a float32 from 1 on. */
const step = 2 ** -23;

/**
 * [2, 16 blocks] of which the second row is nearer to 0 in float64, and farther when its squares
 * are summed in float32 one block after the other: each adds little more than half a step to a sum
 * of 1, which is rounded to a whole one.
 */
function misleading(blocks: number): Float32Array {
  const width = 16 * blocks;
  const rows = new Float32Array(2 * width);
  rows.fill(1, 0, 16);
  rows.fill(1, width, width + 16);
  rows.fill(Math.sqrt(0.51 * step), width + 16);
  // A little farther than the second row in all: 2 steps of a value are 4 of its square.
  const steps = 16 * (blocks - 1) * 0.51 + 8;
  rows[0] = 1 + Math.ceil(steps / 2) * step;
  return rows;
}

Deno.test("scan() relies on no float32 score further than its bound, which is sharp for sums of many blocks", async () => {
  for (const blocks of [32, 200, 1000]) {
    const width = 16 * blocks;
    const rows = misleading(blocks);
    const sums = [0, 1].map((row) => {
      const lanes = new Float32Array(16);
      rows.subarray(row * width, (row + 1) * width).forEach((value, d) =>
        lanes[d % 16] += Math.fround(value * value)
      );
      return lanes.reduce((sum, lane) => sum + lane, 0);
    });
    assert.ok(sums[1] > sums[0] * (1 + 0.8 * blocks * step / 2), "the sums in float32 mislead");
    const ones = new Float64Array(width).fill(1);
    await agrees(rows, width, new Float32Array(width), { weights: ones }, { k: 1 });
  }
});
