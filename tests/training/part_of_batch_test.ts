import assert from "node:assert/strict";
import { partOfRows } from "../../src/distributed/part_of_rows.ts";
import type { Batch } from "../../src/training/batches/batches.ts";
import { partOfBatch } from "../../src/training/part_of_batch.ts";
import { tinyBatch } from "../helpers/tiny_setting.ts";

/** The triplets of a batch: images, flips and notion of each. */
function tripletsOf({ size, images, flips, notion }: Batch): unknown[] {
  return Array.from({ length: size }, (_, i) => [
    [0, 1, 2].map((role) => [images[role * size + i], flips[role * size + i]]),
    notion[i],
  ]);
}

Deno.test("partOfRows() cuts all rows into parts whose sizes differ by one at most", () => {
  for (const world of [1, 2, 3, 4, 7]) {
    for (let count = 0; count < 20; count++) {
      const parts = Array.from({ length: world }, (_, rank) => partOfRows(count, { rank, world }));
      assert.equal(parts[0][0], 0);
      assert.equal(parts[world - 1][1], count);
      for (let rank = 1; rank < world; rank++) assert.equal(parts[rank][0], parts[rank - 1][1]);
      const sizes = parts.map(([from, to]) => to - from);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      assert.equal(sizes[0] > 0, count > 0);
    }
  }
});

Deno.test("partOfBatch() gives each triplet of a batch to one rank, and shares that add up to 1", () => {
  for (const [size, world] of [[7, 2], [10, 4], [4, 4], [5, 3]]) {
    const batch = tinyBatch(3, size);
    const parts = Array.from({ length: world }, (_, rank) => partOfBatch(batch, { rank, world }));
    assert.deepEqual(parts.flatMap(tripletsOf), tripletsOf(batch));
    parts.forEach((part) => assert.equal(part.share, part.size / size));
    assert.ok(Math.abs(parts.reduce((sum, { share }) => sum + share!, 0) - 1) < 1e-12);
  }
});

Deno.test("partOfBatch() has a rank without triplets compute one that counts nothing", () => {
  const batch = tinyBatch(0, 2);
  const parts = Array.from({ length: 4 }, (_, rank) => partOfBatch(batch, { rank, world: 4 }));
  assert.deepEqual(parts.map(({ share, size }) => [share, size]), [
    ...[[0.5, 1], [0, 1], [0.5, 1], [0, 1]],
  ]);
  const counted = parts.filter(({ share }) => share! > 0);
  assert.deepEqual(counted.flatMap(tripletsOf), tripletsOf(batch));
  assert.deepEqual(tripletsOf(parts[1]), tripletsOf(batch).slice(0, 1));
});

Deno.test("partOfBatch() leaves the batch of one process as it is", () => {
  const batch = tinyBatch(0);
  assert.equal(partOfBatch(batch, { rank: 0, world: 1 }), batch);
});
